/** What the spec of a job has to keep, in a job or in the template of one (upstream: validateJobSpec). */
import { type FieldErrors, type FieldPath, invalid, notSupported, required, tooLong, tooMany } from '#meta/field-path'
import { matches } from '#meta/labels'
import { readableSelector } from '../apps/controller-template-validation.ts'
import { validatePodTemplate } from '../core/pod/pod-template-validation.ts'
import { validateDomainPrefixedPath } from '../domain-prefixed-path.ts'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { validateNotNegative } from '../number-validation.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateFailurePolicy } from './pod-failure-policy-validation.ts'
import * as schemas from './schema.gen.ts'
import type { JobSpec, SuccessPolicyRule } from './types.gen.ts'

const indexedParallelismMax = 100_000
const failedIndexesMax = 100_000
const successRulesMax = 20
const managedByBytesMax = 63
/** From so many completions on, less of the rest is allowed. */
export const manyCompletions = 100_000
export const fewWithMany = 10_000
const completionModes = ['NonIndexed', 'Indexed']

export function* validateJobSpec(job: JobSpec, at: FieldPath): FieldErrors {
  const { parallelism, completions, activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished, backoffLimitPerIndex } = job
  const amounts = { parallelism, completions, activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished, backoffLimitPerIndex }
  for (const [field, value] of Object.entries(amounts)) yield* validateNotNegative(value, at.field(field))
  yield* validateFailedIndexes(job, at)
  if (job.managedBy !== undefined) yield* validateManager(job.managedBy, at.field('managedBy'))
  yield* validateCompletionMode(job, at)
  yield* validateFailurePolicy(job, at.field('podFailurePolicy'))
  yield* validateSuccessPolicy(job, at.field('successPolicy'))
  yield* validateReplacementPolicy(job, at.field('podReplacementPolicy'))
  yield* validatePodTemplate(job.template, at.field('template'))
  yield* validateRestartPolicy(job, at.field('template').field('spec').field('restartPolicy'))
}

/** Of a job itself: it knows its pods by a selector. */
export function* validateWholeJobSpec(job: JobSpec, at: FieldPath): FieldErrors {
  yield* validateJobSpec(job, at)
  const { selector, template } = job
  if (selector === undefined) yield required(at.field('selector'))
  yield* validateLabelSelector(selector, at.field('selector'))
  const readable = readableSelector(selector)
  const labels = template.metadata?.labels
  if (selector === undefined || (readable !== undefined && !matches(readable, labels)))
    yield invalid(at.field('template').field('metadata').field('labels'), labels ?? null, '`selector` does not match template `labels`')
}

/** Of the jobs of a cron job, which get a selector each. */
export function* validateJobTemplateSpec(job: JobSpec, at: FieldPath): FieldErrors {
  yield* validateJobSpec(job, at)
  if (job.selector !== undefined) yield invalid(at.field('selector'), job.selector, '`selector` will be auto-generated')
  if (job.manualSelector === true) yield notSupported(at.field('manualSelector'), true, ['nil', 'false'])
}

function* validateFailedIndexes({ maxFailedIndexes, backoffLimitPerIndex }: JobSpec, at: FieldPath): FieldErrors {
  if (maxFailedIndexes === undefined) return
  yield* validateNotNegative(maxFailedIndexes, at.field('maxFailedIndexes'))
  if (backoffLimitPerIndex === undefined) yield required(at.field('backoffLimitPerIndex'), 'when maxFailedIndexes is specified')
}

function* validateManager(name: string, at: FieldPath): FieldErrors {
  yield* validateDomainPrefixedPath(name, at)
  if (name.length > managedByBytesMax) yield tooLong(at, managedByBytesMax)
}

function* validateCompletionMode(job: JobSpec, at: FieldPath): FieldErrors {
  const { completionMode, maxFailedIndexes, backoffLimitPerIndex } = job
  if (completionMode !== undefined && !completionModes.includes(completionMode))
    yield notSupported(at.field('completionMode'), completionMode, completionModes)
  if (completionMode === 'Indexed') yield* validateIndexed(job, at)
  if (completionMode !== undefined && completionMode !== 'NonIndexed') return
  const needsIndexes = 'requires indexed completion mode'
  if (backoffLimitPerIndex !== undefined) yield invalid(at.field('backoffLimitPerIndex'), backoffLimitPerIndex, needsIndexes)
  if (maxFailedIndexes !== undefined) yield invalid(at.field('maxFailedIndexes'), maxFailedIndexes, needsIndexes)
}

function* validateIndexed({ completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex }: JobSpec, at: FieldPath): FieldErrors {
  if (completions === undefined) yield required(at.field('completions'), 'when completion mode is Indexed')
  if (parallelism > indexedParallelismMax) {
    const limit = `must be less than or equal to ${indexedParallelismMax} when completion mode is Indexed`
    yield invalid(at.field('parallelism'), parallelism, limit)
  }
  const failed = maxFailedIndexes ?? 0
  if (completions !== undefined && failed > completions)
    yield invalid(at.field('maxFailedIndexes'), failed, 'must be less than or equal to completions')
  if (failed > failedIndexesMax) yield invalid(at.field('maxFailedIndexes'), failed, `must be less than or equal to ${failedIndexesMax}`)
  if (completions === undefined || completions <= manyCompletions || backoffLimitPerIndex === undefined) return
  const limit = `must be less than or equal to ${fewWithMany} when completions are above ${manyCompletions} and used with backoff limit per index`
  if (maxFailedIndexes === undefined)
    yield required(at.field('maxFailedIndexes'), `must be specified when completions is above ${manyCompletions}`)
  if (parallelism > fewWithMany) yield invalid(at.field('parallelism'), parallelism, limit)
  if (failed > fewWithMany) yield invalid(at.field('maxFailedIndexes'), failed, limit)
}

function* validateSuccessPolicy({ successPolicy, completionMode, completions = 0 }: JobSpec, at: FieldPath): FieldErrors {
  if (successPolicy === undefined) return
  const { rules = [] } = successPolicy
  if (completionMode !== 'Indexed')
    return yield invalid(at, internalForm(schemas.SuccessPolicy, successPolicy), 'requires indexed completion mode')
  if (rules.length === 0) yield required(at.field('rules'), 'at least one rules must be specified when the successPolicy is specified')
  if (rules.length > successRulesMax) yield tooMany(at.field('rules'), rules.length, successRulesMax)
  for (const [index, rule] of rules.entries()) yield* validateSuccessRule(rule, completions, at.field('rules').index(index))
}

function* validateSuccessRule({ succeededCount, succeededIndexes }: SuccessPolicyRule, completions: number, at: FieldPath): FieldErrors {
  const count = at.field('succeededCount')
  if (succeededCount === undefined && succeededIndexes === undefined) {
    return yield required(at, 'at least one of succeededCount or succeededIndexes must be specified')
  }
  const indexes = succeededIndexes === undefined ? undefined : countIndexes(succeededIndexes, completions)
  if (indexes?.problem !== undefined) yield invalid(at.field('succeededIndexes'), succeededIndexes, indexes.problem)
  if (succeededCount === undefined) return
  yield* validateNotNegative(succeededCount, count)
  if (succeededCount > completions)
    yield invalid(count, succeededCount, `must be less than or equal to ${completions} (the number of specified completions)`)
  if (indexes !== undefined && succeededCount > indexes.count) {
    const limit = `must be less than or equal to ${indexes.count} (the number of indexes in the specified succeededIndexes field)`
    yield invalid(count, succeededCount, limit)
  }
}

type IndexCount = { readonly count: number; readonly problem?: string }

/** How many indexes a text such as `0-2,5` names: ascending, and each below `completions`. */
function countIndexes(text: string, completions: number): IndexCount {
  const failed = (why: string): IndexCount => ({ count: 0, problem: `error parsing succeededIndexes: ${why}` })
  let count = 0
  let last = -1
  if (text === '') return { count }
  for (const part of text.split(',')) {
    const [first = '', end = first, ...rest] = part.split('-')
    if (rest.length > 0)
      return failed(
        `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      )
    for (const one of [first, end]) {
      if (!/^[0-9]+$/.test(one)) return failed(`cannot convert string to integer for index: ${JSON.stringify(one)}`)
      if (Number(one) >= completions) return failed(`too large index: ${JSON.stringify(one)}`)
    }
    const [low, high] = [Number(first), Number(end)]
    if (low <= last) return failed(`non-increasing order, previous: ${last}, current: ${low}`)
    if (part.includes('-') && high <= low) return failed(`non-increasing order, previous: ${low}, current: ${high}`)
    count += high - low + 1
    last = high
  }
  return { count }
}

function* validateReplacementPolicy({ podReplacementPolicy, podFailurePolicy }: JobSpec, at: FieldPath): FieldErrors {
  if (podReplacementPolicy === undefined) return
  const policies = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  if (!policies.includes(podReplacementPolicy)) yield notSupported(at, podReplacementPolicy, policies)
}

function* validateRestartPolicy({ template, podFailurePolicy }: JobSpec, at: FieldPath): FieldErrors {
  const policy = template.spec?.restartPolicy ?? ''
  // What a pod has by default counts as not chosen.
  if (policy === 'Always' || policy === '') yield required(at, 'valid values: "OnFailure", "Never"')
  else if (policy !== 'OnFailure' && policy !== 'Never') yield notSupported(at, policy, ['OnFailure', 'Never'])
  else if (podFailurePolicy !== undefined && policy !== 'Never')
    yield invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified')
}
