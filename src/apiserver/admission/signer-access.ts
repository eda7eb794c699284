/** Whether a user may do something with a signer. The right is given for one signer, or for all of a domain: `example.com/*`. */
import type { Authorizer } from '../authz/authorizer.ts'
import type { UserInfo } from '../exchange.ts'

export async function mayUseSigner(
  authorizer: Authorizer,
  user: UserInfo,
  verb: string,
  signerName: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (const name of [signerName, `${signerName.split('/')[0]}/*`]) {
    const resource = { group: 'certificates.k8s.io', version: '*', resource: 'signers', subresource: '', namespace: '', name }
    if ((await authorizer.decide({ user, verb, resource }, signal)).verdict === 'allow') return true
  }
  return false
}
