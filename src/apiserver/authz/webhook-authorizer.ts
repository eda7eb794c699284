/** Asks a service whether a user may do something, and remembers the answers for a while. */
import type { Clock } from '#base/env/clock'
import { ConfigReader } from '../config-reader.ts'
import { AnswerCache } from '../webhooks/answer-cache.ts'
import { withRetries } from '../webhooks/retries.ts'
import type { ReviewClient } from '../webhooks/review-client.ts'
import { type AccessQuestion, type Authorizer, type Decision, noOpinion } from './authorizer.ts'

export type WebhookAuthorizerOptions = {
  readonly name: string
  readonly client: ReviewClient
  readonly version: 'v1' | 'v1beta1'
  readonly authorizedMs: number
  readonly unauthorizedMs: number
  /** What it means that the service does not answer. */
  readonly failurePolicy: 'NoOpinion' | 'Deny'
}

/** As upstream. */
const firstPauseMs = 500
/** Questions that are longer are not remembered: there may be many of them. */
const rememberedLengthMax = 10_000

export function webhookAuthorizer(options: WebhookAuthorizerOptions, clock: Clock): Authorizer {
  const { name, client, version, authorizedMs, unauthorizedMs, failurePolicy } = options
  const cache = new AnswerCache<Decision>(clock)

  async function decide(question: AccessQuestion, signal = new AbortController().signal): Promise<Decision> {
    const spec = specOf(question)
    const key = JSON.stringify(spec)
    const known = cache.get(key)
    if (known !== undefined) return known
    const review = {
      kind: 'SubjectAccessReview',
      apiVersion: `authorization.k8s.io/${version}`,
      metadata: {},
      spec: named(spec, version),
      status: { allowed: false },
    }
    try {
      const decision = decisionOf(await withRetries(() => client.post(review, signal), clock, firstPauseMs, signal))
      if (key.length <= rememberedLengthMax) cache.add(key, decision, decision.verdict === 'allow' ? authorizedMs : unauthorizedMs)
      return decision
    } catch (error) {
      return {
        verdict: failurePolicy === 'Deny' ? 'deny' : 'no-opinion',
        reason: '',
        error: error instanceof Error ? error : new Error(String(error)),
      }
    }
  }
  return { name, decide }
}

type ReviewSpec = { readonly user: string; readonly groups?: readonly string[] } & Readonly<Record<string, unknown>>

function specOf({ user, verb, resource, path }: AccessQuestion): ReviewSpec {
  return {
    ...(resource === undefined
      ? { nonResourceAttributes: withoutEmpty({ path, verb }) }
      : { resourceAttributes: resourceAttributesOf(verb, resource) }),
    user: user.name,
    ...(user.groups.length === 0 ? {} : { groups: user.groups }),
    ...(user.extra === undefined || Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
    ...(user.uid === undefined ? {} : { uid: user.uid }),
  }
}

function resourceAttributesOf(verb: string, question: NonNullable<AccessQuestion['resource']>): object {
  const { group, version, resource, subresource, namespace, name, fieldSelector, labelSelector } = question
  return {
    ...withoutEmpty({ namespace, verb, group, version, resource, subresource, name }),
    ...(fieldSelector && { fieldSelector: { requirements: fieldSelector } }),
    ...(labelSelector && { labelSelector: { requirements: labelSelector } }),
  }
}

function withoutEmpty(fields: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''))
}

/** The older version calls the groups by another name. */
function named({ groups, ...spec }: ReviewSpec, version: 'v1' | 'v1beta1'): object {
  if (groups === undefined) return spec
  return version === 'v1' ? { ...spec, groups } : { ...spec, group: groups }
}

function decisionOf(answer: unknown): Decision {
  const status = ConfigReader.of('SubjectAccessReview', answer).object('status')
  const reason = status.text('reason', '')
  const [isAllowed, isDenied] = [status.flag('allowed'), status.flag('denied')]
  if (isAllowed && isDenied) throw new Error('webhook subject access review returned both allow and deny response')
  if (isAllowed) return { verdict: 'allow', reason }
  return isDenied ? { verdict: 'deny', reason } : noOpinion(reason)
}
