/** What may be done in one namespace; a binding says by whom. */
import { type FieldErrors, FieldPath } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isPathSegmentName } from '#meta/names'
import { createdAtColumn, nameColumn } from '#meta/table'
import { validatePolicyRules } from './policy-rule-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Role = types.Role
export const Role: Kind<Role> = defineKind({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  plural: 'roles',
  scope: 'Namespaced',
  checksMetaAnew: true,
  createsOnUpdate: true,
  schema: schemas.Role,
  columns: [nameColumn, createdAtColumn],
  validateName: isPathSegmentName,
  validate: (role): FieldErrors => validatePolicyRules(role.rules ?? [], true, FieldPath.of('rules')),
})
