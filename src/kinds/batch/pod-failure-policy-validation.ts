/** What a failed pod means to its job (upstream: validatePodFailurePolicy). */
import { duplicate, type FieldErrors, type FieldPath, invalid, invalidTogether, notSupported, required, tooMany } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
} from './types.gen.ts'

const ruleCountMax = 20
const conditionCountMax = 20
const exitCodeCountMax = 255
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']

export function* validateFailurePolicy(job: JobSpec, at: FieldPath): FieldErrors {
  if (job.podFailurePolicy === undefined) return
  const rules = job.podFailurePolicy.rules ?? []
  if (rules.length > ruleCountMax) yield tooMany(at.field('rules'), rules.length, ruleCountMax)
  for (const [index, rule] of rules.entries()) yield* validateRule(rule, job, at.field('rules').index(index))
}

function* validateRule({ action = '', onExitCodes, onPodConditions = [] }: PodFailurePolicyRule, job: JobSpec, at: FieldPath): FieldErrors {
  if (action === 'FailIndex' && job.backoffLimitPerIndex === undefined)
    yield invalid(at.field('action'), action, 'requires the backoffLimitPerIndex to be set')
  else yield* validateChoice(action, actions, at.field('action'))
  if (onExitCodes !== undefined) yield* validateExitCodes(onExitCodes, job, at.field('onExitCodes'))
  if (onPodConditions.length > conditionCountMax) yield tooMany(at.field('onPodConditions'), onPodConditions.length, conditionCountMax)
  for (const [index, pattern] of onPodConditions.entries()) yield* validatePattern(pattern, at.field('onPodConditions').index(index))
  if (onExitCodes !== undefined && onPodConditions.length > 0)
    yield invalidTogether(at, 'specifying both OnExitCodes and OnPodConditions is not supported')
  if (onExitCodes === undefined && onPodConditions.length === 0)
    yield invalidTogether(at, 'specifying one of OnExitCodes and OnPodConditions is required')
}

function* validatePattern({ type = '', status = '' }: PodFailurePolicyOnPodConditionsPattern, at: FieldPath): FieldErrors {
  yield* invalidEach(at.field('type'), type, isQualifiedName(type))
  yield* validateChoice(status, statuses, at.field('status'))
}

function* validateExitCodes(
  { operator = '', containerName, values = [] }: PodFailurePolicyOnExitCodesRequirement,
  { template }: JobSpec,
  at: FieldPath,
): FieldErrors {
  yield* validateChoice(operator, operators, at.field('operator'))
  const names = [...(template.spec?.containers ?? []), ...(template.spec?.initContainers ?? [])].map((container) => container.name)
  if (containerName !== undefined && !names.includes(containerName))
    yield invalid(at.field('containerName'), containerName, 'must be one of the container or initContainer names in the pod template')
  const here = at.field('values')
  if (values.length === 0) yield invalid(here, null, 'at least one value is required')
  if (values.length > exitCodeCountMax) yield tooMany(here, values.length, exitCodeCountMax)
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0) yield invalid(here.index(index), value, 'must not be 0 for the In operator')
    if (values.indexOf(value) < index) yield duplicate(here.index(index), value)
  }
  if (values.some((value, index) => value < (values[index - 1] ?? value))) yield invalid(here, values, 'must be ordered')
}

function* validateChoice(value: string, choices: readonly string[], at: FieldPath): FieldErrors {
  if (value === '') yield required(at, `valid values: [${choices.map((choice) => JSON.stringify(choice)).join(' ')}]`)
  else if (!choices.includes(value)) yield notSupported(at, value, choices)
}
