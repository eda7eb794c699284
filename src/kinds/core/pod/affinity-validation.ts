/** Where a pod wants to run (upstream: validateAffinity). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateLabelSelector } from '../../label-selector-validation.ts'
import type { Affinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinity, PodAffinityTerm } from '../types.gen.ts'
import { validateDisjoint, validateMatchKeys } from './match-keys-validation.ts'

const requiredField = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredField = 'preferredDuringSchedulingIgnoredDuringExecution'

export function* validateAffinity(affinity: Affinity | undefined, at: FieldPath): FieldErrors {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {}
  if (nodeAffinity !== undefined) {
    const here = at.field('nodeAffinity')
    const wanted = nodeAffinity[requiredField]
    if (wanted !== undefined) yield* validateNodeSelector(wanted, here.field(requiredField))
    for (const [index, { weight, preference }] of (nodeAffinity[preferredField] ?? []).entries()) {
      yield* validateWeight(weight, here.field(preferredField).index(index).field('weight'))
      // As upstream: values of a preference may be no label values; a warning tells of them.
      yield* validateNodeSelectorTerm(preference, here.field(preferredField).index(index).field('preference'))
    }
  }
  if (podAffinity !== undefined) yield* validatePodAffinity(podAffinity, at.field('podAffinity'))
  if (podAntiAffinity !== undefined) yield* validatePodAffinity(podAntiAffinity, at.field('podAntiAffinity'))
}

export function* validateNodeSelector({ nodeSelectorTerms = [] }: NodeSelector, at: FieldPath): FieldErrors {
  const terms = at.field('nodeSelectorTerms')
  if ((nodeSelectorTerms ?? []).length === 0) return yield required(terms, 'must have at least one node selector term')
  for (const [index, term] of nodeSelectorTerms.entries()) {
    yield* validateNodeSelectorTerm(term, terms.index(index), true)
  }
}

function* validateNodeSelectorTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  at: FieldPath,
  checksValues = false,
): FieldErrors {
  for (const [index, one] of matchExpressions.entries()) {
    const here = at.field('matchExpressions').index(index)
    yield* validateNodeExpression(one, here)
    if (checksValues)
      for (const [position, value] of (one.values ?? []).entries())
        yield* invalidEach(here.field('values').index(position), value, isLabelValue(value))
  }
  for (const [index, one] of matchFields.entries()) yield* validateNodeField(one, at.field('matchFields').index(index))
}

function* validateNodeExpression({ key, operator, values = [] }: NodeSelectorRequirement, at: FieldPath): FieldErrors {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) yield required(at.field('values'), "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) yield forbiddenField(at.field('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) yield required(at.field('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'")
      break
    default:
      yield invalid(at.field('operator'), operator, 'not a valid selector operator')
  }
  yield* invalidEach(at.field('key'), key, isQualifiedName(key))
}

function* validateNodeField({ key, operator, values = [] }: NodeSelectorRequirement, at: FieldPath): FieldErrors {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      yield required(at.field('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
  } else yield invalid(at.field('operator'), operator, 'not a valid selector operator')
  if (key !== 'metadata.name') return yield invalid(at.field('key'), key, 'not a valid field selector key')
  for (const [index, value] of values.entries()) yield* invalidEach(at.field('values').index(index), value, isDns1123Subdomain(value))
}

function* validatePodAffinity(affinity: PodAffinity, at: FieldPath): FieldErrors {
  for (const [index, term] of (affinity[requiredField] ?? []).entries())
    yield* validatePodAffinityTerm(term, at.field(requiredField).index(index))
  for (const [index, { weight, podAffinityTerm }] of (affinity[preferredField] ?? []).entries()) {
    const here = at.field(preferredField).index(index)
    yield* validateWeight(weight, here.field('weight'))
    yield* validatePodAffinityTerm(podAffinityTerm, here.field('podAffinityTerm'))
  }
}

function* validatePodAffinityTerm(term: PodAffinityTerm, at: FieldPath): FieldErrors {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term
  yield* validateLabelSelector(labelSelector, at.field('labelSelector'))
  yield* validateLabelSelector(namespaceSelector, at.field('namespaceSelector'))
  for (const namespace of namespaces) yield* invalidEach(at.field('namespace'), namespace, isDns1123Label(namespace))
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = term
  yield* validateMatchKeys(matchLabelKeys, labelSelector, at.field('matchLabelKeys'))
  yield* validateMatchKeys(mismatchLabelKeys, labelSelector, at.field('mismatchLabelKeys'))
  yield* validateDisjoint(matchLabelKeys, mismatchLabelKeys, at.field('matchLabelKeys'))
  if (topologyKey === '') yield required(at.field('topologyKey'), 'can not be empty')
  yield* invalidEach(at.field('topologyKey'), topologyKey, isQualifiedName(topologyKey))
}

function* validateWeight(weight: number, at: FieldPath): FieldErrors {
  if (!(weight >= 1 && weight <= 100)) yield invalid(at, weight, 'must be in the range 1-100')
}
