/** The kinds of the group rbac.authorization.k8s.io, in the order of their names. */
import type { Kind } from '#meta/kind'
import { ClusterRole } from './cluster-role.kind.ts'
import { ClusterRoleBinding } from './cluster-role-binding.kind.ts'
import { Role } from './role.kind.ts'
import { RoleBinding } from './role-binding.kind.ts'

export const rbacKinds: readonly Kind[] = [ClusterRole, ClusterRoleBinding, Role, RoleBinding]
