import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessQuestion, Authorizer } from '../authz/authorizer.ts'
import { allow, noOpinion } from '../authz/authorizer.ts'
import type { Answer, Exchange, UserInfo } from '../exchange.ts'
import { impersonate } from './impersonate.ts'

const user: UserInfo = { name: 'imp', groups: ['imps'] }
const onNode: UserInfo = {
  name: 'system:serviceaccount:a:agent',
  groups: [],
  extra: { 'authentication.kubernetes.io/node-name': ['n1'], 'authentication.kubernetes.io/credential-id': ['JTI=1'] },
}

type Outcome = { readonly asked: readonly string[]; readonly user?: UserInfo; readonly refusal?: string }

/** Lists pods with the headers; all questions are allowed that contain one of the texts. */
async function outcomeOf(
  asker: UserInfo,
  headers: Readonly<Record<string, string | undefined>>,
  allowed: readonly string[],
): Promise<Outcome> {
  const asked: string[] = []
  const authorizer: Authorizer = {
    name: 'test',
    decide(question) {
      asked.push(inWords(question))
      return allowed.some((text) => inWords(question).includes(text)) ? allow() : noOpinion()
    },
  }
  const info = { isResourceRequest: true, path: '', verb: 'list', group: '', version: 'v1', resource: 'pods' }
  const exchange = {
    user: asker,
    request: { headers, query: new URLSearchParams() },
    info: { ...info, subresource: '', namespace: 'default', name: '', rest: [] },
    signal: new AbortController().signal,
  } as unknown as Exchange
  const done: Answer = { status: 200, body: { kind: 'empty' } }
  const { body, status } = await impersonate(authorizer)(exchange, () => Promise.resolve(done))
  if (status === 200) return { asked, user: exchange.user }
  return { asked, refusal: body.kind === 'object' ? (body.object() as { message: string }).message : '' }
}

function inWords({ verb, resource: { group, resource, subresource, namespace, name } = { ...noResource } }: AccessQuestion): string {
  return `${verb} ${group}/${resource}${subresource && `/${subresource}`} ${namespace}/${name}`
}

const noResource = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }
const bob = { 'impersonate-user': 'bob' }
const wholeBob = { ...bob, 'impersonate-group': 'g', 'impersonate-uid': 'u', 'impersonate-extra-acme.io%2fkey': 'v' }
const node = { 'impersonate-user': 'system:node:n1' }
const account = { 'impersonate-user': 'system:serviceaccount:ns:bot' }

for (const [why, asker, headers, allowed, want] of [
  ['a plain user', user, bob, ['on:user-info:list', 'user-info authentication.k8s.io/users'], ['system:authenticated']],
  ['with all its parts', user, wholeBob, ['on:', 'impersonate:user-info'], ['g', 'system:authenticated']],
  ['the old way', user, wholeBob, ['impersonate '], ['g', 'system:authenticated']],
  [
    'an account gets its groups',
    user,
    account,
    ['on:serviceaccount:', 'impersonate:serviceaccount'],
    ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
  ],
  [
    'a node gets its group',
    user,
    node,
    ['on:arbitrary-node:', 'arbitrary-node authentication.k8s.io/nodes /n1'],
    ['system:nodes', 'system:authenticated'],
  ],
  [
    'a pod on the node',
    onNode,
    node,
    ['on:associated-node:', 'associated-node authentication.k8s.io/nodes /*'],
    ['system:nodes', 'system:authenticated'],
  ],
  ['a node the old way gets no group', user, node, ['impersonate '], ['system:authenticated']],
  ['anonymous', user, { 'impersonate-user': 'system:anonymous' }, ['impersonate '], ['system:unauthenticated']],
] as const) {
  test(`impersonation of ${why} is allowed`, async () => {
    const outcome: Outcome = await outcomeOf(asker, headers, allowed)
    assert.deepEqual(outcome.user?.groups, want)
  })
}

const cannot = 'is forbidden: User "imp" cannot'
for (const [why, headers, allowed, want] of [
  [
    'the request itself',
    bob,
    [],
    `pods ${cannot} impersonate-on:user-info:list resource "pods" in API group "" in the namespace "default"`,
  ],
  [
    'the user',
    bob,
    ['on:'],
    `users.authentication.k8s.io "bob" ${cannot} impersonate:user-info resource "users" in API group "authentication.k8s.io" at the cluster scope`,
  ],
  [
    'the uid',
    wholeBob,
    ['on:', '/users'],
    `uids.authentication.k8s.io "u" ${cannot} impersonate:user-info resource "uids" in API group "authentication.k8s.io" at the cluster scope`,
  ],
  [
    'the group of masters',
    { ...bob, 'impersonate-group': 'system:masters' },
    ['on:', ':user-info'],
    `groups.authentication.k8s.io "system:masters" ${cannot} impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed`,
  ],
  [
    'a key without a domain',
    { ...bob, 'impersonate-extra-scopes': 'v' },
    ['on:', ':user-info'],
    `userextras.authentication.k8s.io ${cannot} impersonate:user-info resource "userextras" in API group "authentication.k8s.io" at the cluster scope: impersonating an invalid key in extra is not allowed: extra.key: Invalid value: "scopes": must be a domain-prefixed path (such as "acme.io/foo")`,
  ],
  [
    'an account with a group, the old way',
    { ...account, 'impersonate-group': 'g' },
    ['on:', 'impersonate:'],
    `serviceaccounts "bot" ${cannot} impersonate resource "serviceaccounts" in API group "" in the namespace "ns"`,
  ],
  [
    'a node as if it were a user',
    node,
    ['on:user-info', 'impersonate:user-info'],
    `pods ${cannot} impersonate-on:arbitrary-node:list resource "pods" in API group "" in the namespace "default"`,
  ],
] as const) {
  test(`impersonation is refused for ${why}`, async () => {
    assert.equal((await outcomeOf(user, headers, allowed)).refusal, want)
  })
}

test('the questions come in upstream’s order', async () => {
  const { asked } = await outcomeOf(user, wholeBob, ['impersonate-on', 'impersonate:user-info', 'groups'])
  assert.deepEqual(asked, [
    'impersonate-on:user-info:list /pods default/',
    'impersonate:user-info authentication.k8s.io/users /bob',
    'impersonate:user-info authentication.k8s.io/uids /u',
    'impersonate:user-info authentication.k8s.io/groups /g',
    'impersonate:user-info authentication.k8s.io/userextras/acme.io/key /v',
  ])
})

test('parts without a user are refused in upstream’s words', async () => {
  await assert.rejects(outcomeOf(user, { 'impersonate-group': 'x' }, []), {
    message:
      'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"x"}, Extra:map[string][]string(nil)} without impersonating a user name',
  })
})
