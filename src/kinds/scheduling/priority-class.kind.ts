/** How important pods are, by name: a number that orders them, and whether they push others aside. */
import { type FieldErrors, FieldPath, forbiddenField, immutable, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type PriorityClass = types.PriorityClass
export const PriorityClass: Kind<PriorityClass> = defineKind({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  scope: 'Cluster',
  schema: schemas.PriorityClass,
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', describedBy: 'value', cell: (one) => one.value ?? 0 },
    {
      name: 'Global-Default',
      type: 'boolean',
      describedBy: 'globalDefault',
      cell: (one) => one.globalDefault ?? false,
    },
    ageColumn,
    { name: 'PreemptionPolicy', type: 'string', describedBy: 'preemptionPolicy', cell: (one) => one.preemptionPolicy ?? '' },
  ],
  // As upstream: changes are not counted.
  prepareCreate: (one) => withMeta(one, { generation: 1 }),
  defaults: (one) => ({ ...one, preemptionPolicy: one.preemptionPolicy ?? 'PreemptLowerPriority' }),
  validateCreate: validatePriorityClass,
  update: { validate: validatePriorityClassUpdate },
})

/** Values above are for the system's own classes. */
const userPriorityMax = 1_000_000_000

/** The classes that the system itself brings. */
const systemPriorityClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

const systemPrefix = 'system-'

function* validatePriorityClass(one: PriorityClass): FieldErrors {
  const { name = '' } = one.metadata
  if (name.startsWith(systemPrefix) || (one.value ?? 0) > userPriorityMax) yield* validateSystemClass(one, name)
  const policies = ['PreemptLowerPriority', 'Never']
  const policy = one.preemptionPolicy
  if (policy === '') yield required(FieldPath.of('preemptionPolicy'))
  else if (policy !== undefined && !policies.includes(policy)) yield notSupported(FieldPath.of('preemptionPolicy'), policy, policies)
}

function* validateSystemClass(one: PriorityClass, name: string): FieldErrors {
  if (name.startsWith(systemPrefix)) {
    const problem = systemProblem(one, name)
    const reserved = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${problem}`
    if (problem !== undefined) yield forbiddenField(FieldPath.of('metadata', 'name'), reserved)
  } else yield forbiddenField(FieldPath.of('value'), `maximum allowed value of a user defined priority is ${userPriorityMax}`)
}

function systemProblem({ value = 0, globalDefault = false }: PriorityClass, name: string): string | undefined {
  const wanted = systemPriorityClasses[name]
  if (wanted === undefined) return `${name} is not a known system priority class`
  if (wanted !== value) return `value of ${name} PriorityClass must be ${wanted}`
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined
}

function* validatePriorityClassUpdate(next: PriorityClass, old: PriorityClass): FieldErrors {
  if (next.value !== old.value) yield forbiddenField(FieldPath.of('value'), 'may not be changed in an update.')
  yield* immutable(FieldPath.of('preemptionPolicy'), next.preemptionPolicy, old.preemptionPolicy)
}
