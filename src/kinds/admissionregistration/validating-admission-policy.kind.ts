/** Refuses what does not keep its CEL expressions. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpecAndMeta, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { defaultMatch } from './match-defaults.ts'
import { paramKindColumn } from './param-columns.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'
import { validatePolicy, validatePolicyStatus } from './validating-admission-policy-validation.ts'

export type ValidatingAdmissionPolicy = types.ValidatingAdmissionPolicy
export const ValidatingAdmissionPolicy: Kind<ValidatingAdmissionPolicy> = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  scope: 'Cluster',
  takesBareFinalizers: true,
  hasGeneration: true,
  updatesUnconditionally: false,
  schema: schemas.ValidatingAdmissionPolicy,
  columns: [
    nameColumn,
    {
      name: 'Validations',
      type: 'integer',
      description: 'Validations indicates the number of validation rules defined in this configuration',
      cell: ({ spec }) => (spec.validations ?? []).length,
    },
    paramKindColumn,
    ageColumn,
  ],
  defaults: defaultPolicy,
  prepareCreate: withoutStatus,
  validate: validatePolicy,
  update: { prepare: keepStatus },
  status: { prepare: keepSpecAndMeta, validate: validatePolicyStatus, resets: ['metadata', 'spec'] },
  subresources: [statusSubresource('ValidatingAdmissionPolicy')],
})

function defaultPolicy(policy: ValidatingAdmissionPolicy): ValidatingAdmissionPolicy {
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
