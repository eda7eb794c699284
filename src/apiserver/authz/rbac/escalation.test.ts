import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import { Role } from '#kinds/rbac/role.kind'
import { RoleBinding } from '#kinds/rbac/role-binding.kind'
import type { PolicyRule } from '#kinds/rbac/types.gen'
import { ObjectState } from '#testing/object-state'
import type { UserInfo } from '../../exchange.ts'
import { checkBindingWrite, checkRoleWrite, type EscalationDeps } from './escalation.ts'
import { rbacAuthorizer } from './rbac.ts'
import { RbacIndex } from './rbac-index.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'
const podReader: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }

/** What a user `u` has who is bound to `rules` in the namespace `a`. */
function depsWith(rules: readonly PolicyRule[]): EscalationDeps {
  const index = new RbacIndex()
  index.follow(
    new ObjectState([
      { apiVersion, kind: 'Role', metadata: { name: 'own', namespace: 'a' }, rules },
      {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name: 'own', namespace: 'a' },
        subjects: [{ kind: 'User', apiGroup, name: 'u' }],
        roleRef: { apiGroup, kind: 'Role', name: 'own' },
      },
      {
        apiVersion,
        kind: 'ClusterRole',
        metadata: { name: 'secrets' },
        rules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }],
      },
    ] as never),
  )
  return { index, authorizer: rbacAuthorizer(index) }
}

const user: UserInfo = { name: 'u', groups: ['g', 'system:authenticated'] }
const master: UserInfo = { name: 'm', groups: ['system:masters'] }

function role(rules: readonly PolicyRule[]): Role {
  return { apiVersion, kind: 'Role', metadata: { name: 'new', namespace: 'a' }, rules }
}

function binding(name: string): RoleBinding {
  return { apiVersion, kind: 'RoleBinding', metadata: { name: 'new', namespace: 'a' }, roleRef: { apiGroup, kind: 'ClusterRole', name } }
}

for (const [why, owned, wanted] of [
  ['the same rule', [podReader], [podReader]],
  ['a part of it', [podReader], [{ ...podReader, verbs: ['get'] }]],
  ['one named object of what one has as a whole', [podReader], [{ ...podReader, resourceNames: ['x'] }]],
  ['everything under a star', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], [podReader]],
  ['the verb escalate', [{ verbs: ['escalate'], apiGroups: [apiGroup], resources: ['roles'] }], [podReader]],
] as const) {
  test(`a role may be written by who has ${why}`, async () => {
    await checkRoleWrite({ kind: Role, object: role(wanted), old: undefined, user }, depsWith(owned))
  })
}

test('a role with more than its writer has is refused, in upstream words', async () => {
  const wanted = role([podReader, { verbs: ['get', 'delete'], apiGroups: ['', 'apps'], resources: ['secrets'] }])
  await assert.rejects(checkRoleWrite({ kind: Role, object: wanted, old: undefined, user }, depsWith([podReader])), {
    code: 403,
    message:
      'roles.rbac.authorization.k8s.io "new" is forbidden: user "u" (groups=["g" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}\n{APIGroups:["apps"], Resources:["secrets"], Verbs:["get" "delete"]}',
  })
})

test('a write that leaves the rules as they are is no escalation, and masters never escalate', async () => {
  const strong = role([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }])
  await checkRoleWrite({ kind: Role, object: strong, old: strong, user }, depsWith([]))
  await checkRoleWrite({ kind: Role, object: strong, old: undefined, user: master }, depsWith([]))
})

test('only who has everything may gather roles', async () => {
  const gathered: ClusterRole = {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name: 'g' },
    aggregationRule: { clusterRoleSelectors: [{}] },
  }
  await assert.rejects(checkRoleWrite({ kind: ClusterRole, object: gathered, old: undefined, user }, depsWith([podReader])), {
    message: 'clusterroles.rbac.authorization.k8s.io "g" is forbidden: must have cluster-admin privileges to use the aggregationRule',
  })
})

test('a binding needs all rules of its role, or the verb bind', async () => {
  const write = { kind: RoleBinding, object: binding('secrets'), old: undefined, user }
  await assert.rejects(checkBindingWrite(write, depsWith([podReader])), { code: 403 })
  await checkBindingWrite(write, depsWith([{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }]))
  await checkBindingWrite(
    write,
    depsWith([{ verbs: ['bind'], apiGroups: [apiGroup], resources: ['clusterroles'], resourceNames: ['secrets'] }]),
  )
})

test('a binding of a role that does not exist is refused as not found', async () => {
  const write = { kind: RoleBinding, object: binding('gone'), old: undefined, user }
  await assert.rejects(checkBindingWrite(write, depsWith([podReader])), {
    code: 404,
    message: 'clusterrole.rbac.authorization.k8s.io "gone" not found',
  })
})
