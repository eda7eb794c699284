/** Puts a validating admission policy into force. */
import { duplicate, type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { bindingColumns, defaultPolicyBinding } from './policy-binding.ts'
import { validateBindingSpec } from './policy-validation.ts'
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
  columns: bindingColumns,
  defaults: (binding) => defaultPolicyBinding(binding),
  validate: validateBinding,
})

function* validateBinding({ spec }: ValidatingAdmissionPolicyBinding): FieldErrors {
  yield* validateBindingSpec(spec ?? {})
  yield* validateActions(spec?.validationActions ?? [], FieldPath.of('spec', 'validationActions'))
}

const actionNames = ['Audit', 'Deny', 'Warn']

function* validateActions(actions: readonly string[], at: FieldPath): FieldErrors {
  if (actions.length === 0) yield required(at, 'at least one validation action is required')
  for (const [index, action] of actions.entries()) {
    if (!actionNames.includes(action)) yield notSupported(at.index(index), action, actionNames)
    if (actions.indexOf(action) < index) yield duplicate(at.index(index), action)
  }
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const problem = 'repeating the same validation failure information in the API response and headers serves no purpose'
    yield invalid(at, actions, `must not contain both Deny and Warn (${problem})`)
  }
}
