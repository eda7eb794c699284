/** When a container starts again by itself, and how it follows other resources (upstream: validateContainerRestartPolicy, validateResizePolicy). */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required, tooMany } from '#meta/field-path'
import type { ContainerResizePolicy, ContainerRestartRule, PodSpec } from '../types.gen.ts'
import type { ContainerFields } from './container-fields.ts'

const restartPolicies = ['Always', 'Never', 'OnFailure']
const actions = ['Restart', 'RestartAllContainers']
const operators = ['In', 'NotIn']
const ruleCountMax = 20
const exitCodeCountMax = 255

export function* validateContainerRestart({ restartPolicy, restartPolicyRules = [] }: ContainerFields, at: FieldPath): FieldErrors {
  if (restartPolicy === undefined) {
    if (restartPolicyRules.length > 0) yield required(at.field('restartPolicy'), 'must specify restartPolicy when restart rules are used')
  } else if (!restartPolicies.includes(restartPolicy)) yield notSupported(at.field('restartPolicy'), restartPolicy, restartPolicies)
}

export function* validateRestartRules({ restartPolicyRules = [] }: ContainerFields, at: FieldPath): FieldErrors {
  const here = at.field('restartPolicyRules')
  if (restartPolicyRules.length > ruleCountMax) yield tooMany(here, restartPolicyRules.length, ruleCountMax)
  for (const [index, rule] of restartPolicyRules.entries()) yield* validateRestartRule(rule, here.index(index))
}

function* validateRestartRule({ action = '', exitCodes }: ContainerRestartRule, at: FieldPath): FieldErrors {
  if (!actions.includes(action)) yield notSupported(at.field('action'), action, actions)
  const here = at.field('exitCodes')
  if (exitCodes === undefined) return yield required(here, 'must be specified')
  const { operator = '', values = [] } = exitCodes
  if (!operators.includes(operator)) yield notSupported(here.field('operator'), operator, operators)
  if (values.length > exitCodeCountMax) yield tooMany(here.field('values'), values.length, exitCodeCountMax)
}

const resizableResources = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']

export function* validateResizePolicy(policies: readonly ContainerResizePolicy[], spec: PodSpec, at: FieldPath): FieldErrors {
  const seen = new Set<string>()
  for (const [index, { resourceName = '', restartPolicy = '' }] of policies.entries()) {
    if (seen.has(resourceName)) yield duplicate(at.index(index), resourceName)
    seen.add(resourceName)
    // As upstream: the rest stands at the list.
    yield* validateChoice(resourceName, resizableResources, at)
    yield* validateChoice(restartPolicy, resizePolicies, at)
    if (spec.restartPolicy === 'Never' && restartPolicy === 'RestartContainer')
      yield invalid(at, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
  }
}

function* validateChoice(value: string, choices: readonly string[], at: FieldPath): FieldErrors {
  if (value === '') yield required(at)
  else if (!choices.includes(value)) yield notSupported(at, value, choices)
}
