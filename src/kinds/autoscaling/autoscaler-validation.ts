/** What an autoscaler may say (upstream: ValidateHorizontalPodAutoscaler). */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { tryParseQuantity } from '#meta/quantity'
import { notNegativeMessage, validateNotNegative } from '../number-validation.ts'
import { validateMetrics, validateReference } from './metric-validation.ts'
import type { HorizontalPodAutoscaler, HPAScalingPolicy, HPAScalingRules } from './types.gen.ts'

const at = FieldPath.of('spec')
const stabilizationSecondsMax = 3600
const periodSecondsMax = 1800

export function* validateAutoscaler({ spec }: HorizontalPodAutoscaler): FieldErrors {
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec
  if (minReplicas !== undefined && minReplicas < 1)
    yield invalid(at.field('minReplicas'), minReplicas, 'must be greater than or equal to 1')
  if (maxReplicas === 0) yield required(at.field('maxReplicas'), 'must be set and greater than 0')
  else if (maxReplicas < 1) yield invalid(at.field('maxReplicas'), maxReplicas, 'must be greater than or equal to 1')
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    yield invalid(at.field('maxReplicas'), maxReplicas, 'must be greater than or equal to `minReplicas`')
  yield* validateReference(scaleTargetRef, at.field('scaleTargetRef'), 'group')
  yield* validateMetrics(metrics, at.field('metrics'), minReplicas)
  yield* validateRules(behavior?.scaleUp, at.field('behavior').field('scaleUp'))
  yield* validateRules(behavior?.scaleDown, at.field('behavior').field('scaleDown'))
}

function* validateRules(rules: HPAScalingRules | undefined, at: FieldPath): FieldErrors {
  if (rules === undefined) return
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies = [], tolerance } = rules
  const secondsAt = at.field('stabilizationWindowSeconds')
  if (seconds < 0) yield invalid(secondsAt, seconds, 'must be greater than or equal to zero')
  if (seconds > stabilizationSecondsMax) yield invalid(secondsAt, seconds, `must be less than or equal to ${stabilizationSecondsMax}`)
  const choices = ['Disabled', 'Max', 'Min']
  if (selectPolicy !== undefined && !choices.includes(selectPolicy)) yield notSupported(at.field('selectPolicy'), selectPolicy, choices)
  if (policies.length === 0) yield required(at.field('policies'), 'must specify at least one Policy')
  for (const [index, policy] of policies.entries()) yield* validatePolicy(policy, at.field('policies').index(index))
  if (tolerance !== undefined && (tryParseQuantity(tolerance)?.nano ?? 0n) < 0n)
    yield invalid(at.field('tolerance'), tolerance, notNegativeMessage)
}

function* validatePolicy({ type = '', value = 0, periodSeconds = 0 }: HPAScalingPolicy, at: FieldPath): FieldErrors {
  const types = ['Percent', 'Pods']
  if (!types.includes(type)) yield notSupported(at.field('type'), type, types)
  if (value <= 0) yield invalid(at.field('value'), value, 'must be greater than zero')
  if (periodSeconds <= 0) yield invalid(at.field('periodSeconds'), periodSeconds, 'must be greater than zero')
  if (periodSeconds > periodSecondsMax)
    yield invalid(at.field('periodSeconds'), periodSeconds, `must be less than or equal to ${periodSecondsMax}`)
}

export function* validateAutoscalerStatus({ status }: HorizontalPodAutoscaler): FieldErrors {
  yield* validateNotNegative(status.currentReplicas, FieldPath.of('status', 'currentReplicas'))
  yield* validateNotNegative(status.desiredReplicas, FieldPath.of('status', 'desiredReplicas'))
}
