import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { fixedEndpoint } from '#client/endpoint'
import { HttpTransport } from '#client/http-transport'
import type { SelfSubjectReview } from '#kinds/authentication/types.gen'
import { startTestApiServer } from '#testing/api-server'
import { accountEndpoint } from './account-endpoint.ts'
import { controllerAccount } from './controller-accounts.ts'

for (const [controller, account] of [
  ['deployment-controller', 'deployment-controller'],
  ['garbage-collector-controller', 'generic-garbage-collector'],
  ['node-ipam-controller', 'node-controller'],
] as const) {
  test(`${controller} works as ${account}`, () => assert.equal(controllerAccount(controller), account))
}

test('a controller is its service account, which is made when it is missing', async () => {
  await using server = await startTestApiServer()
  const endpoint = fixedEndpoint(server.url, { tls: { caPem: server.ca }, headers: { authorization: `Bearer ${server.token}` } })
  const own = accountEndpoint({ client: server.client, clock: systemClock, endpoint }, 'deployment-controller')
  using transport = new HttpTransport(own, { clock: systemClock, userAgent: 'test' })
  const review = await transport.request({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  })
  assert.equal((review.body as SelfSubjectReview).status?.userInfo?.username, 'system:serviceaccount:kube-system:deployment-controller')
})

test('a token serves until four fifths of its life have passed', async () => {
  await using server = await startTestApiServer()
  let aheadMs = 0
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs }
  const { headers } = accountEndpoint({ client: server.client, clock, endpoint: fixedEndpoint(server.url) }, 'job-controller')
  const [first, together] = await Promise.all([headers(), headers()])
  assert.deepEqual(together, first)
  aheadMs = 3000_000
  assert.notDeepEqual(await headers(), first)
})
