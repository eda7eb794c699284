/** Changes what is written by CEL expressions. */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { keptAs, servedAs, storedForm } from '../served-as.ts'
import { defaultMatch } from './match-defaults.ts'
import { validateMatchConditions, validateMatchConstraints } from './match-validation.ts'
import { paramKindColumn } from './param-columns.ts'
import { validateParamKind, validateVariables } from './policy-validation.ts'
import * as schemas from './schema.gen.ts'
import * as alphaSchemas from './schema.v1alpha1.gen.ts'
import * as betaSchemas from './schema.v1beta1.gen.ts'
import type * as types from './types.gen.ts'
import type * as alpha from './types.v1alpha1.gen.ts'
import type * as beta from './types.v1beta1.gen.ts'
import { failurePolicies, reinvocationPolicies, validateChoice } from './webhook-validation.ts'

export type MutatingAdmissionPolicy = types.MutatingAdmissionPolicy
const stable: Kind<MutatingAdmissionPolicy> = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  scope: 'Cluster',
  takesBareFinalizers: true,
  hasGeneration: true,
  updatesUnconditionally: false,
  schema: schemas.MutatingAdmissionPolicy,
  columns: [
    nameColumn,
    {
      name: 'Mutations',
      type: 'integer',
      description: 'Mutation indicates the number of mutations rules defined in this configuration',
      cell: ({ spec }) => (spec.mutations ?? []).length,
    },
    paramKindColumn,
    ageColumn,
  ],
  defaults: defaultPolicy,
  validate: validatePolicy,
})

/** As upstream: the beta version is what is stored. */
export const MutatingAdmissionPolicyV1beta1: Kind<beta.MutatingAdmissionPolicy> = storedForm(stable, {
  apiVersion: 'admissionregistration.k8s.io/v1beta1',
  schema: betaSchemas.MutatingAdmissionPolicy,
})
export const MutatingAdmissionPolicy: Kind<MutatingAdmissionPolicy> = keptAs(stable, MutatingAdmissionPolicyV1beta1)
export const MutatingAdmissionPolicyV1alpha1: Kind<alpha.MutatingAdmissionPolicy> = servedAs(MutatingAdmissionPolicyV1beta1, {
  apiVersion: 'admissionregistration.k8s.io/v1alpha1',
  schema: alphaSchemas.MutatingAdmissionPolicy,
  deprecation: { since: '1.35', goneIn: '1.38' },
})

function defaultPolicy(policy: MutatingAdmissionPolicy): MutatingAdmissionPolicy {
  const { matchConstraints } = policy.spec
  return {
    ...policy,
    spec: {
      failurePolicy: 'Fail',
      ...policy.spec,
      ...(matchConstraints === undefined ? {} : { matchConstraints: defaultMatch(matchConstraints) }),
    },
  }
}

const at = FieldPath.of('spec')

function* validatePolicy({ spec }: MutatingAdmissionPolicy): FieldErrors {
  const { mutations = [], reinvocationPolicy = '' } = spec
  yield* validateChoice(spec.failurePolicy, failurePolicies, at.field('failurePolicy'))
  yield* validateParamKind(spec.paramKind, at.field('paramKind'))
  yield* validateMatchConstraints(spec.matchConstraints, at.field('matchConstraints'))
  yield* validateOperations(spec.matchConstraints?.resourceRules ?? [])
  yield* validateMatchConditions(spec.matchConditions, at.field('matchConditions'))
  yield* validateVariables(spec.variables, at.field('variables'))
  if (mutations.length === 0) yield required(at.field('mutations'), 'mutations must contain at least one item')
  for (const [index, mutation] of mutations.entries()) yield* validateMutation(mutation, at.field('mutations').index(index))
  if (reinvocationPolicy === '') yield required(at.field('reinvocationPolicy'))
  else yield* validateChoice(reinvocationPolicy, reinvocationPolicies, at.field('reinvocationPolicy'))
}

const mutableOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE']

/** What is deleted cannot be changed. */
function* validateOperations(rules: readonly types.NamedRuleWithOperations[]): FieldErrors {
  for (const operation of rules.flatMap(({ operations }) => operations ?? []))
    if (!mutableOperations.includes(operation))
      yield notSupported(at.field('matchConstraints').field('resourceRules').field('operations'), operation, mutableOperations)
}

/** Which field each type of patch stands in. */
const patchFields = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const

function* validateMutation(mutation: types.Mutation, at: FieldPath): FieldErrors {
  const { patchType = '' } = mutation
  if (patchType === '') return yield required(at.field('patchType'))
  if (patchType !== 'ApplyConfiguration' && patchType !== 'JSONPatch')
    return yield notSupported(at.field('patchType'), patchType, Object.keys(patchFields))
  const field = patchFields[patchType]
  const other = field === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch'
  if (mutation[field] === undefined) yield required(at.field(field), `must be specified when patchType is ${patchType}`)
  else if ((mutation[field].expression ?? '').trim() === '') yield required(at.field(field).field('expression'))
  if (mutation[other] !== undefined) yield invalid(at.field(other), `{${other}}`, `must not be specified when patchType is ${patchType}`)
}
