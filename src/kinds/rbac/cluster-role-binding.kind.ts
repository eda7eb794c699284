/** Grants a cluster role to subjects, everywhere. */
import type { FieldErrors } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isPathSegmentName } from '#meta/names'
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding-rules.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ClusterRoleBinding = types.ClusterRoleBinding
export const ClusterRoleBinding: Kind<ClusterRoleBinding> = defineKind({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  scope: 'Cluster',
  checksMetaAnew: true,
  createsOnUpdate: true,
  schema: schemas.ClusterRoleBinding,
  columns: bindingColumns('clusterRoleBinding'),
  validateName: isPathSegmentName,
  defaults: (binding) => defaultBinding(binding),
  validate: (binding): FieldErrors => validateBinding(binding, ['ClusterRole'], false),
  update: { validate: validateBindingUpdate },
})
