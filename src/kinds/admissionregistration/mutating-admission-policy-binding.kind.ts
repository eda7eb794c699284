/** Puts a mutating admission policy into force. */
import { defineKind, type Kind } from '#meta/kind'
import { bindingColumns, defaultPolicyBinding } from './policy-binding.ts'
import { validateBindingSpec } from './policy-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type MutatingAdmissionPolicyBinding = types.MutatingAdmissionPolicyBinding
export const MutatingAdmissionPolicyBinding: Kind<MutatingAdmissionPolicyBinding> = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  takesBareFinalizers: true,
  hasGeneration: true,
  updatesUnconditionally: false,
  schema: schemas.MutatingAdmissionPolicyBinding,
  columns: bindingColumns,
  defaults: (binding) => defaultPolicyBinding(binding),
  validate: ({ spec }) => validateBindingSpec(spec),
})
