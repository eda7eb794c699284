import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyRule, Subject } from '#kinds/rbac/types.gen'
import { ObjectState } from '#testing/object-state'
import type { UserInfo } from '../../exchange.ts'
import { accessForbidden } from '../forbidden.ts'
import { rbacAuthorizer, rulesFor } from './rbac.ts'
import { RbacIndex } from './rbac-index.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'

const readerRules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'], resourceNames: ['only'] },
  { apiGroups: ['apps'], resources: ['*/scale'], verbs: ['*'] },
]
const subjects: readonly Subject[] = [
  { kind: 'Group', apiGroup, name: 'readers' },
  { kind: 'ServiceAccount', name: 'bot' },
]

function state(): ObjectState {
  return new ObjectState([
    { apiVersion, kind: 'Role', metadata: { name: 'reader', namespace: 'a' }, rules: readerRules },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: 'rb', namespace: 'a' },
      subjects,
      roleRef: { apiGroup, kind: 'Role', name: 'reader' },
    },
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'info' }, rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/api/*'] }] },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'everybody' },
      subjects: [{ kind: 'Group', apiGroup, name: 'system:authenticated' }],
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'info' },
    },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'dangling' },
      subjects: [{ kind: 'User', apiGroup, name: 'lost' }],
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'gone' },
    },
  ] as never)
}

const ron: UserInfo = { name: 'ron', groups: ['readers', 'system:authenticated'] }
const bot: UserInfo = { name: 'system:serviceaccount:a:bot', groups: [] }
const otherBot: UserInfo = { name: 'system:serviceaccount:b:bot', groups: [] }
const lost: UserInfo = { name: 'lost', groups: [] }

type Asked = { group?: string; resource: string; subresource?: string; namespace?: string; name?: string }

function question(user: UserInfo, verb: string, target: Asked | string) {
  if (typeof target === 'string') return { user, verb, path: target }
  return { user, verb, resource: { group: '', version: 'v1', subresource: '', namespace: 'a', name: '', ...target } }
}

for (const [why, user, verb, target, verdict] of [
  ['a listed resource', ron, 'list', { resource: 'pods' }, 'allow'],
  ['a verb that is not listed', ron, 'delete', { resource: 'pods' }, 'no-opinion'],
  ['a listed subresource', ron, 'get', { resource: 'pods', subresource: 'log', name: 'x' }, 'allow'],
  ['a subresource that is not listed', ron, 'get', { resource: 'pods', subresource: 'exec', name: 'x' }, 'no-opinion'],
  ['another namespace', ron, 'list', { resource: 'pods', namespace: 'b' }, 'no-opinion'],
  ['the whole cluster', ron, 'list', { resource: 'pods', namespace: '' }, 'no-opinion'],
  ['another group of the same resource', ron, 'list', { resource: 'pods', group: 'metrics.k8s.io' }, 'no-opinion'],
  ['the named object', ron, 'get', { resource: 'configmaps', name: 'only' }, 'allow'],
  ['another object', ron, 'get', { resource: 'configmaps', name: 'other' }, 'no-opinion'],
  ['a list where names are listed', ron, 'list', { resource: 'configmaps' }, 'no-opinion'],
  [
    'the scale of anything in the group',
    ron,
    'patch',
    { group: 'apps', resource: 'deployments', subresource: 'scale', name: 'd' },
    'allow',
  ],
  ['the thing itself where only scales are listed', ron, 'get', { group: 'apps', resource: 'deployments', name: 'd' }, 'no-opinion'],
  ['a service account by its user name', bot, 'list', { resource: 'pods' }, 'allow'],
  ['the account of that name in another namespace', otherBot, 'list', { resource: 'pods' }, 'no-opinion'],
  ['an exact path', ron, 'get', '/healthz', 'allow'],
  ['a path below a prefix', ron, 'get', '/api/v1', 'allow'],
  ['a path beside a prefix', ron, 'get', '/apis', 'no-opinion'],
  ['a path with another verb', ron, 'post', '/healthz', 'no-opinion'],
] as const) {
  test(`RBAC, ${why}: ${verdict}`, () => {
    const index = new RbacIndex()
    using _ = index.follow(state())
    const decision = rbacAuthorizer(index).decide(question(user, verb, target))
    assert.equal((decision as { verdict: string }).verdict, verdict)
  })
}

test('RBAC says which binding allowed it, in upstream words', async () => {
  const index = new RbacIndex()
  using _ = index.follow(state())
  const authorizer = rbacAuthorizer(index)
  const byGroup = await authorizer.decide(question(ron, 'list', { resource: 'pods' }))
  assert.equal(byGroup.reason, 'RBAC: allowed by RoleBinding "rb/a" of Role "reader" to Group "readers"')
  const byAccount = await authorizer.decide(question(bot, 'list', { resource: 'pods' }))
  assert.equal(byAccount.reason, 'RBAC: allowed by RoleBinding "rb/a" of Role "reader" to ServiceAccount "bot/a"')
  const inCluster = await authorizer.decide(question(ron, 'get', '/healthz'))
  assert.equal(inCluster.reason, 'RBAC: allowed by ClusterRoleBinding "everybody" of ClusterRole "info" to Group "system:authenticated"')
})

test('a binding of a role that is missing grants nothing and says so', async () => {
  const index = new RbacIndex()
  using _ = index.follow(state())
  const asked = question(lost, 'list', { resource: 'pods' })
  const decision = await rbacAuthorizer(index).decide(asked)
  assert.deepEqual(decision, { verdict: 'no-opinion', reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found' })
  assert.equal(
    accessForbidden(asked, decision.reason).message,
    'pods is forbidden: User "lost" cannot list resource "pods" in API group "" in the namespace "a": RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
  )
})

test('a change of a role or binding counts at once', async () => {
  const objects = state()
  const index = new RbacIndex()
  using _ = index.follow(objects)
  const asked = question(ron, 'list', { resource: 'pods' })
  const binding = {
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name: 'rb', namespace: 'a' },
    subjects: [],
    roleRef: { kind: 'Role', name: 'reader' },
  }
  objects.put(binding)
  assert.equal((await rbacAuthorizer(index).decide(asked)).verdict, 'no-opinion')
  objects.put({ ...binding, subjects: [{ kind: 'User', name: 'ron' }] } as never)
  assert.equal((await rbacAuthorizer(index).decide(asked)).verdict, 'allow')
  objects.remove(binding)
  assert.equal((await rbacAuthorizer(index).decide(asked)).verdict, 'no-opinion')
})

test('rulesFor gathers the rules of all bindings of a user', () => {
  const index = new RbacIndex()
  using _ = index.follow(state())
  assert.equal(rulesFor(index, ron, 'a').rules.length, 4)
  assert.equal(rulesFor(index, ron, 'b').rules.length, 1)
  assert.deepEqual(rulesFor(index, lost, 'a').errors, ['clusterrole.rbac.authorization.k8s.io "gone" not found'])
})
