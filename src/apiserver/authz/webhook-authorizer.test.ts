import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import type { ReviewClient } from '../webhooks/review-client.ts'
import { type AccessQuestion, allow, noOpinion } from './authorizer.ts'
import { unionAuthorizer } from './union.ts'
import { webhookAuthorizer } from './webhook-authorizer.ts'

const question: AccessQuestion = {
  user: { name: 'bob', uid: 'u', groups: ['g'], extra: { 'a.b/c': ['v'] } },
  verb: 'list',
  resource: { group: 'apps', version: 'v1', resource: 'deployments', subresource: '', namespace: 'a', name: '' },
}

function setting(answer: () => unknown, options: object = {}) {
  const asked: unknown[] = []
  const clock = new VirtualClock()
  const client: ReviewClient = {
    async post(review) {
      asked.push(review)
      return answer()
    },
  }
  const defaults = { name: 'w', client, version: 'v1', authorizedMs: 1000, unauthorizedMs: 500, failurePolicy: 'NoOpinion' } as const
  return { asked, clock, authorizer: webhookAuthorizer({ ...defaults, ...options }, clock) }
}

test('the question is a SubjectAccessReview; the older version calls groups by another name', async () => {
  const spec = {
    resourceAttributes: { namespace: 'a', verb: 'list', group: 'apps', version: 'v1', resource: 'deployments' },
    user: 'bob',
    extra: { 'a.b/c': ['v'] },
    uid: 'u',
  }
  for (const [version, wanted] of [
    ['v1', { ...spec, groups: ['g'] }],
    ['v1beta1', { ...spec, group: ['g'] }],
  ] as const) {
    const { asked, authorizer } = setting(() => ({ status: { allowed: true } }), { version })
    await authorizer.decide(question)
    assert.deepEqual(asked, [
      {
        kind: 'SubjectAccessReview',
        apiVersion: `authorization.k8s.io/${version}`,
        metadata: {},
        spec: wanted,
        status: { allowed: false },
      },
    ])
  }
})

for (const [why, status, want] of [
  ['allowed', { allowed: true, reason: 'r' }, { verdict: 'allow', reason: 'r' }],
  ['denied', { allowed: false, denied: true }, { verdict: 'deny', reason: '' }],
  ['left to others', { allowed: false, reason: 'no' }, { verdict: 'no-opinion', reason: 'no' }],
] as const) {
  test(`an answer: ${why}`, async () => {
    assert.deepEqual(await setting(() => ({ status })).authorizer.decide(question), want)
  })
}

test('answers are remembered, a yes longer than a no', async () => {
  for (const [allowed, ms, askedAfter] of [
    [true, 900, 1],
    [true, 1100, 2],
    [false, 400, 1],
    [false, 600, 2],
  ] as const) {
    const { asked, clock, authorizer } = setting(() => ({ status: { allowed } }))
    await authorizer.decide(question)
    await clock.advance(ms)
    await authorizer.decide(question)
    assert.equal(asked.length, askedAfter, `${allowed} after ${ms} ms`)
  }
})

for (const [failurePolicy, verdict] of [
  ['NoOpinion', 'no-opinion'],
  ['Deny', 'deny'],
] as const) {
  test(`a service that fails is asked five times; then ${failurePolicy} counts, with the error`, async () => {
    const { asked, clock, authorizer } = setting(
      () => {
        throw new Error('down')
      },
      { failurePolicy },
    )
    const deciding = authorizer.decide(question)
    for (let step = 0; step < 8; step++) await clock.advance(1000)
    const decision = await deciding
    assert.deepEqual([asked.length, decision.verdict, decision.error?.message], [5, verdict, 'down'])
  })
}

test('of several authorizers: an error counts only where nobody allows it', async () => {
  const broken = { name: 'broken', decide: () => ({ ...noOpinion('why'), error: new Error('down') }) }
  const willing = { name: 'willing', decide: async () => allow() }
  const other = { name: 'other', decide: async () => noOpinion('not me') }
  assert.equal((await unionAuthorizer([broken, willing]).decide(question)).error, undefined)
  const decision = await unionAuthorizer([broken, other]).decide(question)
  assert.deepEqual([decision.verdict, decision.reason, decision.error?.message], ['no-opinion', 'why\nnot me', 'down'])
})
