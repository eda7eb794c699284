/** Puts a validating admission policy into force. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { defaultMatch } from './match-defaults.ts'
import { paramRefText } from './param-ref-text.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ValidatingAdmissionPolicyBinding = types.ValidatingAdmissionPolicyBinding
export const ValidatingAdmissionPolicyBinding: Kind<ValidatingAdmissionPolicyBinding> = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  takesBareFinalizers: true,
  hasGeneration: true,
  updatesUnconditionally: false,
  schema: schemas.ValidatingAdmissionPolicyBinding,
  columns: [
    nameColumn,
    {
      name: 'PolicyName',
      type: 'string',
      description: 'PolicyName indicates the policy definition which the policy binding binded to',
      cell: ({ spec }) => spec?.policyName ?? '',
    },
    {
      name: 'ParamRef',
      type: 'string',
      description: 'ParamRef indicates the param resource which sets the configuration param',
      cell: ({ spec }) => paramRefText(spec?.paramRef),
    },
    ageColumn,
  ],
  defaults: defaultBinding,
})

function defaultBinding(binding: ValidatingAdmissionPolicyBinding): ValidatingAdmissionPolicyBinding {
  const matchResources = binding.spec?.matchResources
  return matchResources === undefined ? binding : { ...binding, spec: { ...binding.spec, matchResources: defaultMatch(matchResources) } }
}
