/** Bootstrap tokens (`abcdef.0123456789abcdef`): secrets of kube-system that let a new node ask for its certificate. */
import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '#base/env/clock'
import { Secret } from '#kinds/core/secret.kind'
import type { StateReader } from '../exchange.ts'
import { pass, type TokenAuthenticator } from './token-authenticator.ts'

const tokenForm = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/
const secretType = 'bootstrap.kubernetes.io/token'

export function bootstrapTokenAuthenticator({ state, clock }: { readonly state: StateReader; readonly clock: Clock }): TokenAuthenticator {
  return {
    name: 'bootstrap-token',
    check(token, audiences) {
      const [, id, secret] = tokenForm.exec(token) ?? []
      if (id === undefined || secret === undefined) return pass
      const data = validDataOf(state.get(Secret, 'kube-system', `bootstrap-token-${id}`), clock.nowMs())
      if (data === undefined || data('token-id') !== id || !isEqual(data('token-secret'), secret)) return pass
      const groups = extraGroupsOf(data('auth-extra-groups'))
      if (groups === undefined) return pass
      return { kind: 'accepted', user: { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...groups] }, audiences }
    },
  }
}

type SecretData = (key: string) => string

/** The decoded fields of a secret that is a bootstrap token, unexpired and meant for authentication. */
function validDataOf(secret: Secret | undefined, nowMs: number): SecretData | undefined {
  if (secret?.type !== secretType || secret.metadata.deletionTimestamp !== undefined) return undefined
  const data: SecretData = (key) => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8')
  const expiration = data('expiration')
  // A date that cannot be read counts as expired: better no token than one for ever.
  if (expiration !== '' && !(Date.parse(expiration) > nowMs)) return undefined
  return data('usage-bootstrap-authentication') === 'true' ? data : undefined
}

function extraGroupsOf(list: string): readonly string[] | undefined {
  const groups = list.split(',').filter((group) => group !== '')
  return groups.every((group) => groupForm.test(group)) ? [...new Set(groups)].sort() : undefined
}

function isEqual(found: string, given: string): boolean {
  return found.length === given.length && timingSafeEqual(Buffer.from(found), Buffer.from(given))
}
