/** What groups of pods that are scheduled together have to keep, in a group itself and in the templates of a workload. */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required, tooMany } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type * as types from './types.v1alpha2.gen.ts'

const topologyMax = 1
const claimsMax = 4
const disruptionModes = ['Pod', 'PodGroup']

export type GroupRules = Omit<types.PodGroupTemplate, 'name'>

export function* validateGroup(group: GroupRules, at: FieldPath): FieldErrors {
  const { schedulingPolicy, schedulingConstraints, resourceClaims = [], disruptionMode = '', priorityClassName = '' } = group
  yield* validatePolicy(schedulingPolicy ?? {}, at.field('schedulingPolicy'))
  yield* validateTopology(schedulingConstraints?.topology ?? [], at.field('schedulingConstraints').field('topology'))
  yield* validateClaims(resourceClaims, at.field('resourceClaims'))
  if (disruptionMode !== '' && !disruptionModes.includes(disruptionMode))
    yield notSupported(at.field('disruptionMode'), disruptionMode, disruptionModes)
  if (priorityClassName !== '') yield* invalidEach(at.field('priorityClassName'), priorityClassName, isDns1123Subdomain(priorityClassName))
}

/** Of several fields one has to be there. */
export function* validateOneOf(given: object, names: readonly string[], at: FieldPath): FieldErrors {
  const found = names.filter((name) => Object.entries(given).some(([field, value]) => field === name && value !== undefined))
  const list = names.map((name) => `\`${name}\``).join(', ')
  if (found.length === 0) yield invalid(at, '', `must specify one of: ${list}`)
  if (found.length > 1) yield invalid(at, `{${found.join(', ')}}`, `must specify exactly one of: ${list}`)
}

function* validatePolicy(policy: types.PodGroupSchedulingPolicy, at: FieldPath): FieldErrors {
  yield* validateOneOf(policy, ['basic', 'gang'], at)
  if (policy.gang === undefined) return
  const { minCount } = policy.gang
  if (!minCount) yield required(at.field('gang').field('minCount'))
  else if (minCount < 1) yield invalid(at.field('gang').field('minCount'), minCount, 'must be greater than or equal to 1')
}

function* validateTopology(topology: readonly types.TopologyConstraint[], at: FieldPath): FieldErrors {
  if (topology.length > topologyMax) return yield invalidCount(at, topology.length, topologyMax)
  for (const [index, { key = '' }] of topology.entries())
    if (key === '') yield required(at.index(index).field('key'))
    else yield* invalidEach(at.index(index).field('key'), key, isQualifiedName(key))
}

function invalidCount(at: FieldPath, count: number, most: number) {
  const error = tooMany(at, count, most)
  return most === 1 ? { ...error, message: error.message.replace(/items$/, 'item') } : error
}

function* validateClaims(claims: readonly types.PodGroupResourceClaim[], at: FieldPath): FieldErrors {
  if (claims.length > claimsMax) return yield invalidCount(at, claims.length, claimsMax)
  for (const [index, claim] of claims.entries())
    if (claims.findIndex(({ name }) => name === claim.name) < index) yield duplicate(at.index(index), claim)
  for (const [index, claim] of claims.entries()) {
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim
    yield* validateOneOf(claim, ['resourceClaimName', 'resourceClaimTemplateName'], at.index(index))
    if (name === '') yield required(at.index(index).field('name'))
    else yield* invalidEach(at.index(index).field('name'), name, isDns1123Label(name))
    for (const [field, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName }))
      if (value !== undefined) yield* invalidEach(at.index(index).field(field), value, isDns1123Subdomain(value))
  }
}
