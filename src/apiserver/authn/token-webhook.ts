/** Asks a service whose a token is, and remembers the answers for a while. */
import { createHash } from 'node:crypto'
import type { Clock } from '#base/env/clock'
import { ConfigReader } from '../config-reader.ts'
import type { UserInfo } from '../exchange.ts'
import { AnswerCache } from '../webhooks/answer-cache.ts'
import { withRetries } from '../webhooks/retries.ts'
import type { ReviewClient } from '../webhooks/review-client.ts'
import { pass, refused, type TokenAuthenticator, type TokenVerdict } from './token-authenticator.ts'

export type TokenWebhookOptions = {
  readonly client: ReviewClient
  readonly version: 'v1' | 'v1beta1'
  readonly rememberedMs: number
  readonly clock: Clock
  /** What this server answers to; a service that names no audience vouches for these. */
  readonly audiences: readonly string[]
}

/** As upstream. */
const firstPauseMs = 500

export function tokenWebhookAuthenticator({
  client,
  version,
  rememberedMs,
  clock,
  audiences: own,
}: TokenWebhookOptions): TokenAuthenticator {
  const cache = new AnswerCache<TokenVerdict>(clock)
  return {
    name: 'token-webhook',
    async check(token, audiences, signal) {
      const key = createHash('sha256')
        .update(JSON.stringify([token, audiences]))
        .digest('base64')
      const known = cache.get(key)
      if (known !== undefined) return known
      const spec = { token, ...(audiences.length === 0 ? {} : { audiences }) }
      const review = { kind: 'TokenReview', apiVersion: `authentication.k8s.io/${version}`, metadata: {}, spec, status: { user: {} } }
      try {
        const verdict = verdictOf(await withRetries(() => client.post(review, signal), clock, firstPauseMs, signal), audiences, own)
        cache.add(key, verdict, rememberedMs)
        return verdict
      } catch (error) {
        return refused(error instanceof Error ? error.message : String(error))
      }
    },
  }
}

function verdictOf(answer: unknown, wanted: readonly string[], own: readonly string[]): TokenVerdict {
  const status = ConfigReader.of('TokenReview', answer).object('status')
  if (!status.flag('authenticated')) {
    const error = status.text('error', '')
    return error === '' ? pass : refused(error)
  }
  // A service that knows of no audiences names none: it then speaks for this server alone.
  const vouched = status.texts('audiences')
  const audiences = wanted.filter((audience) => (vouched.length === 0 ? own : vouched).includes(audience))
  if (wanted.length > 0 && audiences.length === 0) return pass
  return { kind: 'accepted', user: userOf(status.object('user')), audiences }
}

function userOf(user: ConfigReader): UserInfo {
  const extra = user.object('extra')
  const uid = user.text('uid', '')
  return {
    name: user.text('username', ''),
    groups: user.texts('groups'),
    ...(uid === '' ? {} : { uid }),
    ...(extra.names().length === 0 ? {} : { extra: Object.fromEntries(extra.names().map((key) => [key, extra.texts(key)])) }),
  }
}
