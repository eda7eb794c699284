/** How many pods of a set may be taken away at once. */
import { type FieldErrors, FieldPath, invalid, notSupported } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isPathSegmentName } from '#meta/names'
import { ageColumn, nameColumn } from '#meta/table'
import { validateConditions } from '../conditions-validation.ts'
import { validateAtMostAll, validateCountOrPercent } from '../int-or-percent-validation.ts'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { validateNotNegative } from '../number-validation.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type PodDisruptionBudget = types.PodDisruptionBudget
export const PodDisruptionBudget: Kind<PodDisruptionBudget> = defineKind({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  scope: 'Namespaced',
  leavesMetaToGenericCheck: true,
  hasGeneration: true,
  validateName: isPathSegmentName,
  takesBareFinalizers: true,
  updatesUnconditionally: false,
  schema: schemas.PodDisruptionBudget,
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      type: 'string',
      description: 'The minimum number of pods that must be available.',
      cell: (object) => (object.spec.minAvailable === undefined ? 'N/A' : String(object.spec.minAvailable)),
    },
    {
      name: 'Max Unavailable',
      type: 'string',
      description: 'The maximum number of pods that may be unavailable.',
      cell: (object) => (object.spec.maxUnavailable === undefined ? 'N/A' : String(object.spec.maxUnavailable)),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'Calculated number of pods that may be disrupted at this time.',
      cell: (object) => object.status.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
  prepareCreate: (object) => ({ ...object, status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } }),
  validate: validateBudget,
  update: { prepare: keepStatus },
  status: { prepare: keepSpec, validate: validateBudgetStatus },
  subresources: [statusSubresource('PodDisruptionBudget')],
})

const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget']

function* validateBudget({ spec }: PodDisruptionBudget): FieldErrors {
  const at = FieldPath.of('spec')
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    yield invalid(at, upstreamForm(spec), 'minAvailable and maxUnavailable cannot be both set')
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue
    yield* validateCountOrPercent(value, at.field(field))
    yield* validateAtMostAll(value, at.field(field))
  }
  yield* validateLabelSelector(selector, at.field('selector'))
  if (policy !== undefined && !evictionPolicies.includes(policy)) {
    yield notSupported(at.field('unhealthyPodEvictionPolicy'), policy, evictionPolicies)
  }
}

/** As upstream prints its internal type. */
function upstreamForm({ minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy }: PodDisruptionBudget['spec']): unknown {
  return {
    MinAvailable: minAvailable ?? null,
    Selector: selector ?? null,
    MaxUnavailable: maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
  }
}

function* validateBudgetStatus({ status }: PodDisruptionBudget): FieldErrors {
  yield* validateConditions(status.conditions, FieldPath.of('status', 'conditions'))
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = status
  for (const [field, value] of Object.entries({ disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods })) {
    yield* validateNotNegative(value, FieldPath.of('status', field))
  }
}
