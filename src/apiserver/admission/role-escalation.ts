/** See `authz/rbac/escalation.ts`. Upstream does this in the storage of the four kinds, so it cannot be turned off. */
import { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import { ClusterRoleBinding } from '#kinds/rbac/cluster-role-binding.kind'
import { Role } from '#kinds/rbac/role.kind'
import { RoleBinding } from '#kinds/rbac/role-binding.kind'
import { checkBindingWrite, checkRoleWrite, type EscalationDeps } from '../authz/rbac/escalation.ts'
import { type AdmissionPlugin, definePlugin } from './plugin.ts'

export function roleEscalation(deps: EscalationDeps): readonly AdmissionPlugin[] {
  const name = 'RoleEscalation'
  const operations = ['CREATE', 'UPDATE'] as const
  return [
    definePlugin<ClusterRole>({ name, kinds: [ClusterRole], operations, validate: (admission) => checkRoleWrite(admission, deps) }),
    definePlugin<Role>({ name, kinds: [Role], operations, validate: (admission) => checkRoleWrite(admission, deps) }),
    definePlugin<ClusterRoleBinding>({
      name,
      kinds: [ClusterRoleBinding],
      operations,
      validate: (admission) => checkBindingWrite(admission, deps),
    }),
    definePlugin<RoleBinding>({ name, kinds: [RoleBinding], operations, validate: (admission) => checkBindingWrite(admission, deps) }),
  ]
}
