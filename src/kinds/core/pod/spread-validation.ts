/** How a pod spreads over domains (upstream: validateTopologySpreadConstraints). */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { validateLabelSelector } from '../../label-selector-validation.ts'
import type { TopologySpreadConstraint } from '../types.gen.ts'
import { validateMatchKeys } from './match-keys-validation.ts'

const actions = ['DoNotSchedule', 'ScheduleAnyway']
const positiveMessage = 'must be greater than zero'

export function* validateSpreadConstraints(constraints: readonly TopologySpreadConstraint[], at: FieldPath): FieldErrors {
  const pairs = constraints.map(({ topologyKey, whenUnsatisfiable }) => `{${topologyKey}, ${whenUnsatisfiable}}`)
  for (const [index, constraint] of constraints.entries()) {
    const here = at.index(index)
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable: action = '', minDomains, labelSelector } = constraint
    if (maxSkew <= 0) yield invalid(here.field('maxSkew'), maxSkew, positiveMessage)
    if (topologyKey === '') yield required(here.field('topologyKey'), 'can not be empty')
    if (!actions.includes(action)) yield notSupported(here.field('whenUnsatisfiable'), action, actions)
    const pair = pairs[index]
    if (pairs.includes(pair ?? '', index + 1)) yield duplicate(here.field('{topologyKey, whenUnsatisfiable}'), pair)
    if (minDomains !== undefined) yield* validateMinDomains(minDomains, action, here.field('minDomains'))
    yield* validatePolicies(constraint, here)
    yield* validateMatchKeys(constraint.matchLabelKeys ?? [], labelSelector, here.field('matchLabelKeys'))
    yield* validateLabelSelector(labelSelector, here.field('labelSelector'))
  }
}

function* validateMinDomains(minDomains: number, action: string, at: FieldPath): FieldErrors {
  if (minDomains <= 0) yield invalid(at, minDomains, positiveMessage)
  if (action !== 'DoNotSchedule') yield invalid(at, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`)
}

function* validatePolicies({ nodeAffinityPolicy, nodeTaintsPolicy }: TopologySpreadConstraint, at: FieldPath): FieldErrors {
  const policies = ['Honor', 'Ignore']
  for (const [field, policy] of Object.entries({ nodeAffinityPolicy, nodeTaintsPolicy })) {
    if (policy !== undefined && !policies.includes(policy)) yield notSupported(at.field(field), policy, policies)
  }
}
