/** Whose signer a trust bundle names has to be somebody who may speak for that signer. */
import { ClusterTrustBundle } from '#kinds/certificates/cluster-trust-bundle.kind'
import type { Authorizer } from '../authz/authorizer.ts'
import { type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'
import { mayUseSigner } from './signer-access.ts'

type Bundle = ClusterTrustBundle

export function trustBundleAttest(authorizer: Authorizer): AdmissionPlugin {
  return definePlugin<Bundle>({
    name: 'ClusterTrustBundleAttest',
    kinds: [ClusterTrustBundle],
    operations: ['CREATE', 'UPDATE'],
    async validate(admission, _deps, signal) {
      const { object, old, user } = admission
      const { signerName = '', trustBundle } = object.spec
      // As upstream: only a change of what is attested is asked for, so that labels can be set by others.
      if (signerName === '' || (old?.spec.signerName === signerName && old.spec.trustBundle === trustBundle)) return
      if (await mayUseSigner(authorizer, user, 'attest', signerName, signal)) return
      throw refusal(admission, `user not permitted to attest for signerName ${JSON.stringify(signerName)}`)
    },
  })
}
