/** The tables of bootstrap roles and bindings as API objects. Pure. */
import type { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import type { ClusterRoleBinding } from '#kinds/rbac/cluster-role-binding.kind'
import type { Role } from '#kinds/rbac/role.kind'
import type { RoleBinding } from '#kinds/rbac/role-binding.kind'
import type { PolicyRule, Subject } from '#kinds/rbac/types.gen'
import type { ObjectMeta } from '#meta/types.gen'
import { clusterBindings, kubePublicBindings, kubeSystemBindings, type NamespacedBinding, serviceAccount } from './bindings.ts'
import { componentRoles } from './component-roles.ts'
import { controllerRoles } from './controller-roles.ts'
import { kubePublicRoles, kubeSystemRoles } from './namespaced-roles.ts'
import type { RoleTable } from './rule.ts'
import { aggregatedRoles, userRoles } from './user-roles.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'
export const autoUpdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate'

export const bootstrapClusterRoles: readonly ClusterRole[] = [
  ...clusterRolesOf({ ...userRoles, ...componentRoles }),
  ...clusterRolesOf(controllerRoles, 'system:controller:'),
  ...Object.entries(aggregatedRoles).map(([target, rules]) => clusterRole(`system:aggregate-to-${target}`, rules, aggregateTo(target))),
  gathered('admin'),
  gathered('edit', aggregateTo('admin')),
  gathered('view', aggregateTo('edit')),
]

export const bootstrapClusterRoleBindings: readonly ClusterRoleBinding[] = [
  ...Object.entries(clusterBindings).map(([role, subjects]) => clusterRoleBinding(role, subjects)),
  ...Object.keys(controllerRoles).map((name) => clusterRoleBinding(`system:controller:${name}`, [serviceAccount(name)])),
]

export const bootstrapRoles: readonly Role[] = [...rolesOf('kube-public', kubePublicRoles), ...rolesOf('kube-system', kubeSystemRoles)]

export const bootstrapRoleBindings: readonly RoleBinding[] = [
  ...kubePublicBindings.map((binding) => roleBinding('kube-public', binding)),
  ...kubeSystemBindings.map((binding) => roleBinding('kube-system', binding)),
]

function clusterRolesOf(table: RoleTable, prefix = ''): readonly ClusterRole[] {
  return Object.entries(table).map(([name, rules]) => clusterRole(`${prefix}${name}`, rules))
}

function clusterRole(name: string, rules: readonly PolicyRule[], labels: ObjectMeta['labels'] = {}): ClusterRole {
  return { apiVersion, kind: 'ClusterRole', metadata: metadataOf({ name }, labels), rules }
}

/** A role whose rules a controller gathers from all cluster roles that are labelled for it. */
function gathered(name: string, labels: ObjectMeta['labels'] = {}): ClusterRole {
  const clusterRoleSelectors = [{ matchLabels: aggregateTo(name) }]
  return { apiVersion, kind: 'ClusterRole', metadata: metadataOf({ name }, labels), aggregationRule: { clusterRoleSelectors } }
}

function aggregateTo(role: string): { readonly [key: string]: string } {
  return { [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' }
}

function clusterRoleBinding(name: string, subjects: readonly Subject[]): ClusterRoleBinding {
  const roleRef = { apiGroup, kind: 'ClusterRole', name }
  return { apiVersion, kind: 'ClusterRoleBinding', metadata: metadataOf({ name }), subjects, roleRef }
}

function rolesOf(namespace: string, table: RoleTable): readonly Role[] {
  return Object.entries(table).map(([name, rules]) => ({ apiVersion, kind: 'Role', metadata: metadataOf({ name, namespace }), rules }))
}

function roleBinding(namespace: string, { name, role, subjects }: NamespacedBinding): RoleBinding {
  const roleRef = { apiGroup, kind: 'Role', name: role }
  return { apiVersion, kind: 'RoleBinding', metadata: metadataOf({ name, namespace }), subjects, roleRef }
}

function metadataOf(ref: { readonly name: string; readonly namespace?: string }, labels: ObjectMeta['labels'] = {}): ObjectMeta {
  return { ...ref, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels }, annotations: { [autoUpdateAnnotation]: 'true' } }
}
