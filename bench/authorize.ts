/**
 * `node bench/authorize.ts`: what it costs to authorize one request, among 1,000 roles and 1,000 bindings besides the
 * bootstrap ones: for users with few grants, with many, and with none.
 */

import type { AccessQuestion } from '../src/apiserver/authz/authorizer.ts'
import { privilegedGroup } from '../src/apiserver/authz/fixed.ts'
import { rbacAuthorizer } from '../src/apiserver/authz/rbac/rbac.ts'
import { RbacIndex } from '../src/apiserver/authz/rbac/rbac-index.ts'
import { unionAuthorizer } from '../src/apiserver/authz/union.ts'
import {
  bootstrapClusterRoleBindings,
  bootstrapClusterRoles,
  bootstrapRoleBindings,
  bootstrapRoles,
} from '../src/apiserver/bootstrap/policy-objects.ts'
import type { KubeObject } from '../src/meta/object.ts'
import { ObjectState } from '../src/testing/object-state.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'
const roleCount = 1000
const namespaceCount = 20
const resources = ['pods', 'services', 'configmaps', 'secrets', 'deployments', 'jobs', 'leases', 'events']

function* policy(): Generator<KubeObject> {
  yield* [...bootstrapClusterRoles, ...bootstrapClusterRoleBindings, ...bootstrapRoles, ...bootstrapRoleBindings]
  for (let index = 0; index < roleCount; index++) {
    const namespace = `ns-${index % namespaceCount}`
    const name = `role-${index}`
    const rules = resources.map((resource) => ({
      apiGroups: ['', 'apps'],
      resources: [resource],
      verbs: ['get', 'list'],
      resourceNames: [`x-${index}`],
    }))
    const subjects = [
      { apiGroup, kind: 'User', name: `user-${index}` },
      { apiGroup, kind: 'Group', name: `team-${index % 50}` },
    ]
    yield { apiVersion, kind: 'Role', metadata: { namespace, name }, rules } as KubeObject
    yield {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { namespace, name },
      subjects,
      roleRef: { apiGroup, kind: 'Role', name },
    } as KubeObject
  }
}

function question(name: string, groups: readonly string[], namespace: string, object: string): AccessQuestion {
  const resource = { group: '', version: 'v1', resource: 'events', subresource: '', namespace, name: object }
  return { user: { name, groups: [...groups, 'system:authenticated'] }, verb: 'get', resource }
}

const index = new RbacIndex()
index.follow(new ObjectState([...policy()]))
const authorizer = unionAuthorizer([privilegedGroup, rbacAuthorizer(index)])
const questions: Readonly<Record<string, AccessQuestion>> = {
  'a user with one role, allowed': question('user-7', [], 'ns-7', 'x-7'),
  'a user with one role, refused': question('user-7', [], 'ns-7', 'other'),
  'a user of three teams (60 roles), refused': question('user-7', ['team-7', 'team-17', 'team-27'], 'ns-7', 'other'),
  'a user without roles, refused': question('nobody', [], 'ns-7', 'x'),
  'the controller manager, allowed': question('system:kube-controller-manager', [], 'ns-7', 'x'),
}

const rounds = 200_000
for (const [what, asked] of Object.entries(questions)) {
  for (let round = 0; round < rounds / 10; round++) void authorizer.decide(asked)
  const startedMs = performance.now()
  for (let round = 0; round < rounds; round++) void authorizer.decide(asked)
  console.log(`${what.padEnd(48)} ${(((performance.now() - startedMs) / rounds) * 1000).toFixed(2).padStart(8)} us`)
}
