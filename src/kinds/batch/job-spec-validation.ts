/** What the spec of a job has to keep, in a job or in the template of one (upstream: validateJobSpec). */
import { type FieldErrors, type FieldPath, invalid, notSupported, required, tooLong, tooMany } from '#meta/field-path'
import { validatePodTemplate } from '../core/pod/pod-template-validation.ts'
import { validateDomainPrefixedPath } from '../domain-prefixed-path.ts'
import { validateNotNegative } from '../number-validation.ts'
import type { JobSpec, SuccessPolicyRule } from './types.gen.ts'

const indexedParallelismMax = 100_000
const failedIndexesMax = 100_000
const successRulesMax = 20
const managedByBytesMax = 63
const completionModes = ['Indexed', 'NonIndexed']

export function* validateJobSpec(job: JobSpec, at: FieldPath): FieldErrors {
  const { parallelism, completions, activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished, backoffLimitPerIndex } = job
  const amounts = { parallelism, completions, activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished, backoffLimitPerIndex }
  for (const [field, value] of Object.entries(amounts)) yield* validateNotNegative(value, at.field(field))
  yield* validateFailedIndexes(job, at)
  if (job.managedBy !== undefined) yield* validateManager(job.managedBy, at.field('managedBy'))
  yield* validateCompletionMode(job, at)
  yield* validateSuccessPolicy(job, at.field('successPolicy'))
  yield* validateReplacementPolicy(job, at.field('podReplacementPolicy'))
  yield* validatePodTemplate(job.template, at.field('template'))
  yield* validateRestartPolicy(job.template.spec?.restartPolicy, at.field('template').field('spec').field('restartPolicy'))
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
  const { completionMode, completions, parallelism = 0, maxFailedIndexes = 0, backoffLimitPerIndex } = job
  if (completionMode !== undefined && !completionModes.includes(completionMode)) {
    yield notSupported(at.field('completionMode'), completionMode, completionModes)
  }
  if (completionMode !== 'Indexed') {
    const needsIndexes = 'requires indexed completion mode'
    if (backoffLimitPerIndex !== undefined) yield invalid(at.field('backoffLimitPerIndex'), backoffLimitPerIndex, needsIndexes)
    if (maxFailedIndexes !== 0) yield invalid(at.field('maxFailedIndexes'), maxFailedIndexes, needsIndexes)
    return
  }
  if (completions === undefined) yield required(at.field('completions'), 'when completion mode is Indexed')
  if (parallelism > indexedParallelismMax) {
    const limit = `must be less than or equal to ${indexedParallelismMax} when completion mode is Indexed`
    yield invalid(at.field('parallelism'), parallelism, limit)
  }
  if (completions !== undefined && maxFailedIndexes > completions)
    yield invalid(at.field('maxFailedIndexes'), maxFailedIndexes, 'must be less than or equal to completions')
  if (maxFailedIndexes > failedIndexesMax)
    yield invalid(at.field('maxFailedIndexes'), maxFailedIndexes, `must be less than or equal to ${failedIndexesMax}`)
}

function* validateSuccessPolicy({ successPolicy, completionMode, completions = 0 }: JobSpec, at: FieldPath): FieldErrors {
  if (successPolicy === undefined) return
  const { rules = [] } = successPolicy
  if (completionMode !== 'Indexed') return yield invalid(at, { Rules: rules.map(upstreamForm) }, 'requires indexed completion mode')
  if (rules.length === 0) yield required(at.field('rules'), 'at least one rules must be specified when the successPolicy is specified')
  if (rules.length > successRulesMax) yield tooMany(at.field('rules'), rules.length, successRulesMax)
  for (const [index, rule] of rules.entries()) yield* validateSuccessRule(rule, completions, at.field('rules').index(index))
}

/** As upstream prints its internal type. */
function upstreamForm({ succeededIndexes, succeededCount }: SuccessPolicyRule): unknown {
  return { SucceededIndexes: succeededIndexes ?? null, SucceededCount: succeededCount ?? null }
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
    if (high < low) return failed(`non-increasing order, previous: ${low}, current: ${high}`)
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

function* validateRestartPolicy(policy = '', at: FieldPath): FieldErrors {
  if (policy === 'OnFailure' || policy === 'Never') return
  // What a pod has by default counts as not chosen.
  if (policy === 'Always' || policy === '') yield required(at, 'valid values: "OnFailure", "Never"')
  else yield notSupported(at, policy, ['OnFailure', 'Never'])
}
