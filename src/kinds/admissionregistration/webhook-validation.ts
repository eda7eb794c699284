/** What a webhook of either sort has to say (upstream: ValidateMutatingWebhookConfiguration and its twin). */
import { duplicate, type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1035Label, isDns1123Subdomain } from '#meta/names'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { validateWebhookClient } from '../webhook-client-validation.ts'
import { matchPolicies, validateMatchConditions } from './match-validation.ts'
import { validateRule } from './rule-validation.ts'
import type { MutatingWebhook, ValidatingWebhook } from './types.gen.ts'

type Webhook = MutatingWebhook | ValidatingWebhook

export const failurePolicies: readonly string[] = ['Fail', 'Ignore']
export const reinvocationPolicies: readonly string[] = ['IfNeeded', 'Never']
const harmlessSideEffects = ['None', 'NoneOnDryRun']
const reviewVersions = ['v1', 'v1beta1']
const timeoutSecondsMax = 30

export function* validateWebhooks({ webhooks = [] }: { readonly webhooks?: readonly Webhook[] }): FieldErrors {
  const names = new Set<string>()
  for (const [index, webhook] of webhooks.entries()) {
    const at = FieldPath.of('webhooks').index(index)
    const { name = '', admissionReviewVersions } = webhook
    yield* validateWebhook(webhook, at)
    yield* validateReviewVersions(admissionReviewVersions ?? [], at.field('admissionReviewVersions'))
    if (name !== '' && names.has(name)) yield duplicate(at.field('name'), name)
    names.add(name)
  }
}

function* validateWebhook(webhook: Webhook, at: FieldPath): FieldErrors {
  yield* validateFullName(webhook.name ?? '', at.field('name'))
  for (const [index, rule] of (webhook.rules ?? []).entries()) yield* validateRule(rule, at.field('rules').index(index))
  yield* validateChoice(webhook.failurePolicy, failurePolicies, at.field('failurePolicy'))
  yield* validateChoice(webhook.matchPolicy, matchPolicies, at.field('matchPolicy'))
  const { sideEffects, timeoutSeconds } = webhook
  // A field that has to be there, but Go tells absence from emptiness.
  if (sideEffects === undefined || sideEffects === null)
    yield required(at.field('sideEffects'), `must specify one of ${harmlessSideEffects.join(', ')}`)
  else yield* validateChoice(sideEffects, harmlessSideEffects, at.field('sideEffects'))
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > timeoutSecondsMax))
    yield invalid(at.field('timeoutSeconds'), timeoutSeconds, `the timeout value must be between 1 and ${timeoutSecondsMax} seconds`)
  yield* validateLabelSelector(webhook.namespaceSelector, at.field('namespaceSelector'))
  yield* validateLabelSelector(webhook.objectSelector, at.field('objectSelector'))
  if ('reinvocationPolicy' in webhook)
    yield* validateChoice(webhook.reinvocationPolicy, reinvocationPolicies, at.field('reinvocationPolicy'))
  yield* validateWebhookClient(webhook.clientConfig ?? {}, at.field('clientConfig'))
  yield* validateMatchConditions(webhook.matchConditions, at.field('matchConditions'))
}

export function* validateChoice(value: string | undefined, choices: readonly string[], at: FieldPath): FieldErrors {
  if (value !== undefined && !choices.includes(value)) yield notSupported(at, value, choices)
}

function* validateFullName(name: string, at: FieldPath): FieldErrors {
  const problems = isDns1123Subdomain(name)
  if (name === '') yield required(at)
  else if (problems.length > 0) yield invalid(at, name, problems.join(','))
  else if (name.split('.').length < 3) yield invalid(at, name, 'should be a domain with at least three segments separated by dots')
}

function* validateReviewVersions(versions: readonly string[], at: FieldPath): FieldErrors {
  if (versions.length === 0) return yield required(at, `must specify one of ${reviewVersions.join(', ')}`)
  for (const [index, version] of versions.entries()) {
    if (versions.indexOf(version) < index) yield invalid(at.index(index), version, 'duplicate version')
    else for (const problem of isDns1035Label(version)) yield invalid(at.index(index), version, problem)
  }
  if (!versions.some((version) => reviewVersions.includes(version)))
    yield invalid(at, versions, `must include at least one of ${reviewVersions.join(', ')}`)
}
