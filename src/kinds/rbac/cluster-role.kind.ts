/** What may be done in the whole cluster, or in any namespace that a role binding grants it in. */
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { LabelSelectorError, selectorOf } from '#meta/labels'
import { isPathSegmentName } from '#meta/names'
import { createdAtColumn, nameColumn } from '#meta/table'
import type { LabelSelector } from '#meta/types.gen'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { validatePolicyRules } from './policy-rule-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ClusterRole = types.ClusterRole
export const ClusterRole: Kind<ClusterRole> = defineKind({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  scope: 'Cluster',
  checksMetaAnew: true,
  createsOnUpdate: true,
  schema: schemas.ClusterRole,
  columns: [nameColumn, createdAtColumn],
  validateName: isPathSegmentName,
  validate: validateClusterRole,
})

function* validateClusterRole(role: ClusterRole): FieldErrors {
  yield* validatePolicyRules(role.rules ?? [], false, FieldPath.of('rules'))
  if (role.aggregationRule === undefined) return
  const at = FieldPath.of('aggregationRule', 'clusterRoleSelectors')
  const selectors = role.aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0) yield required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil')
  for (const [index, selector] of selectors.entries()) {
    yield* validateLabelSelector(selector, at.index(index))
    // As upstream, which shows the selector that it failed to make.
    if (!isReadable(selector)) yield invalid(at.index(index), null, 'invalid label selector.')
  }
}

function isReadable(selector: LabelSelector): boolean {
  try {
    selectorOf(selector)
    return true
  } catch (error) {
    if (error instanceof LabelSelectorError) return false
    throw error
  }
}
