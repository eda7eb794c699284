/** Puts a mutating admission policy into force. */
import { defineKind, type Kind } from '#meta/kind'
import { keptAs, servedAs, storedForm } from '../served-as.ts'
import { bindingColumns, defaultPolicyBinding } from './policy-binding.ts'
import { validateBindingSpec } from './policy-validation.ts'
import * as schemas from './schema.gen.ts'
import * as alphaSchemas from './schema.v1alpha1.gen.ts'
import * as betaSchemas from './schema.v1beta1.gen.ts'
import type * as types from './types.gen.ts'
import type * as alpha from './types.v1alpha1.gen.ts'
import type * as beta from './types.v1beta1.gen.ts'

export type MutatingAdmissionPolicyBinding = types.MutatingAdmissionPolicyBinding
const stable: Kind<MutatingAdmissionPolicyBinding> = defineKind({
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

/** As upstream: the beta version is what is stored. */
export const MutatingAdmissionPolicyBindingV1beta1: Kind<beta.MutatingAdmissionPolicyBinding> = storedForm(stable, {
  apiVersion: 'admissionregistration.k8s.io/v1beta1',
  schema: betaSchemas.MutatingAdmissionPolicyBinding,
})
export const MutatingAdmissionPolicyBinding: Kind<MutatingAdmissionPolicyBinding> = keptAs(stable, MutatingAdmissionPolicyBindingV1beta1)
export const MutatingAdmissionPolicyBindingV1alpha1: Kind<alpha.MutatingAdmissionPolicyBinding> = servedAs(
  MutatingAdmissionPolicyBindingV1beta1,
  {
    apiVersion: 'admissionregistration.k8s.io/v1alpha1',
    schema: alphaSchemas.MutatingAdmissionPolicyBinding,
    deprecation: { since: '1.35', goneIn: '1.38' },
  },
)
