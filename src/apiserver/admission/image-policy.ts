/** Whether the images of a pod may run here: a service of the cluster's owner says it. */
import type { Clock } from '#base/env/clock'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ConfigReader } from '../config-reader.ts'
import { AnswerCache } from '../webhooks/answer-cache.ts'
import { withRetries } from '../webhooks/retries.ts'
import type { ReviewClient } from '../webhooks/review-client.ts'
import { type Admission, type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'

type Review = { readonly allowed: boolean; readonly reason: string }
type Policy = { readonly allowMs: number; readonly denyMs: number; readonly pauseMs: number; readonly allowsUnanswered: boolean }

export type ImagePolicyDeps = { readonly clock: Clock; readonly client: ReviewClient }

export function imagePolicyWebhook({ clock, client }: ImagePolicyDeps, configuration: unknown): AdmissionPlugin {
  const policy = policyOf(ConfigReader.of('ImagePolicyWebhook', configuration).object('imagePolicy'))
  const cache = new AnswerCache<Review>(clock)

  async function reviewed(spec: object, signal: AbortSignal): Promise<Review> {
    const question = JSON.stringify(spec)
    const known = cache.get(question)
    if (known !== undefined) return known
    const body = { kind: 'ImageReview', apiVersion: 'imagepolicy.k8s.io/v1alpha1', metadata: {}, spec, status: { allowed: false } }
    const status = ConfigReader.of('ImageReview', await withRetries(() => client.post(body, signal), clock, policy.pauseMs, signal)).object(
      'status',
    )
    const review = { allowed: status.flag('allowed'), reason: status.text('reason', '') }
    cache.add(question, review, review.allowed ? policy.allowMs : policy.denyMs)
    return review
  }

  return definePlugin<Pod>({
    name: 'ImagePolicyWebhook',
    kinds: [Pod],
    operations: ['CREATE', 'UPDATE'],
    subresources: ['', 'ephemeralcontainers'],
    async validate(admission, _deps, signal) {
      const review = await answerOr(() => reviewed(specOf(admission), signal), admission, policy)
      if (review.allowed) return
      throw refusal(
        admission,
        review.reason === ''
          ? 'one or more images rejected by webhook backend'
          : `image policy webhook backend denied one or more images: ${review.reason}`,
      )
    },
  })
}

/** Where the service does not answer, the policy says whether that means yes. */
async function answerOr(ask: () => Promise<Review>, admission: Admission<Pod>, { allowsUnanswered }: Policy): Promise<Review> {
  try {
    return await ask()
  } catch (error) {
    if (allowsUnanswered) return { allowed: true, reason: '' }
    throw refusal(admission, error instanceof Error ? error.message : String(error))
  }
}

function specOf({ object: { metadata, spec }, namespace, subresource }: Admission<Pod>): object {
  const all = subresource === '' ? [...spec.containers, ...(spec.initContainers ?? [])] : (spec.ephemeralContainers ?? [])
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => /\.image-policy\.k8s\.io\//.test(key))
  return {
    containers: all.map(({ image }) => ({ image })),
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    namespace,
  }
}

/** Upstream's defaults and bounds: times in seconds, the pause in milliseconds. */
function policyOf(config: ConfigReader): Policy {
  return {
    allowMs: bounded(config, 'allowTTL', { otherwise: 300, min: 1, max: 1800 }) * 1000,
    denyMs: bounded(config, 'denyTTL', { otherwise: 30, min: 1, max: 1800 }) * 1000,
    pauseMs: bounded(config, 'retryBackoff', { otherwise: 500, min: 1, max: 300_000 }),
    allowsUnanswered: config.flag('defaultAllow'),
  }
}

/** As upstream: zero is the default, and a negative time is none. */
function bounded(config: ConfigReader, field: string, { otherwise, min, max }: { otherwise: number; min: number; max: number }): number {
  const value = config.number(field, 0)
  if (value === 0) return otherwise
  if (value < 0) return 0
  if (value < min || value > max)
    throw new Error(`ImagePolicyWebhook.imagePolicy.${field}: valid value is between ${min} and ${max}, got ${value}`)
  return value
}
