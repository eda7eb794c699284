/** Grants a role, or a cluster role within one namespace, to subjects. */
import type { FieldErrors } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isPathSegmentName } from '#meta/names'
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding-rules.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type RoleBinding = types.RoleBinding
export const RoleBinding: Kind<RoleBinding> = defineKind({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  scope: 'Namespaced',
  checksMetaAnew: true,
  createsOnUpdate: true,
  schema: schemas.RoleBinding,
  columns: bindingColumns('roleBinding'),
  validateName: isPathSegmentName,
  defaults: (binding) => defaultBinding(binding),
  validate: (binding): FieldErrors => validateBinding(binding, ['Role', 'ClusterRole'], true),
  update: { validate: validateBindingUpdate },
})
