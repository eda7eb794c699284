import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { systemRandom } from '#base/env/random'
import type { Client } from '#client/client'
import { Lease } from '#kinds/coordination/lease.kind'
import { hasReason } from '#meta/status'
import { startTestApiServer } from '#testing/api-server'
import { claimedLease, defaultElectionTimes, mayHold, runWheneverLeader } from './leader-election.ts'

const options = { namespace: 'kube-system', name: 'kube-scheduler', identity: 'me', ...defaultElectionTimes }

function lease(holderIdentity: string, leaseTransitions = 3): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'kube-scheduler', namespace: 'kube-system', resourceVersion: '5' },
    spec: { holderIdentity, leaseTransitions, acquireTime: 'then', renewTime: 'then', leaseDurationSeconds: 15 },
  }
}

for (const [why, seen, nowMs, want] of [
  ['nobody has it', undefined, 0, true],
  ['it was given back', { lease: lease(''), atMs: 0 }, 1, true],
  ['it is ours', { lease: lease('me'), atMs: 0 }, 1, true],
  ['another has it', { lease: lease('you'), atMs: 0 }, 14_999, false],
  ['another has it and fell silent', { lease: lease('you'), atMs: 0 }, 15_000, true],
] as const) {
  test(`leader election: may hold when ${why}: ${want}`, () => assert.equal(mayHold(seen, 'me', 15_000, nowMs), want))
}

test('leader election: taking over counts as a transition, renewing does not', () => {
  assert.deepEqual(claimedLease(lease('you'), options, 'now').spec, {
    holderIdentity: 'me',
    leaseTransitions: 4,
    acquireTime: 'now',
    renewTime: 'now',
    leaseDurationSeconds: 15,
  })
  assert.deepEqual(claimedLease(lease('me'), options, 'now').spec, {
    holderIdentity: 'me',
    leaseTransitions: 3,
    acquireTime: 'then',
    renewTime: 'now',
    leaseDurationSeconds: 15,
  })
  assert.equal(claimedLease(undefined, options, 'now').spec.leaseTransitions, 0)
})

test('leader election: who loses the lease stops working, and works again when it is free', async () => {
  await using server = await startTestApiServer()
  const times = { leaseDurationMs: 60_000, renewDeadlineMs: 60, retryPeriodMs: 5 }
  const terms: string[] = []
  const stop = new AbortController()
  const work = async (signal: AbortSignal) => {
    terms.push('begun')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    terms.push('over')
  }
  const env = { clock: systemClock, random: systemRandom, log: silentLog, client: server.client, events: { event: () => {} } }
  const running = runWheneverLeader(env, { ...options, ...times }, work, stop.signal)
  const until = async (wanted: readonly string[]) => {
    while (terms.join() !== wanted.join()) await new Promise((resolve) => setImmediate(resolve))
  }
  await until(['begun'])
  await hold(server.client, 'you')
  await until(['begun', 'over'])
  await hold(server.client, '')
  await until(['begun', 'over', 'begun'])
  stop.abort()
  await running
  assert.deepEqual(terms, ['begun', 'over', 'begun', 'over'])
  assert.equal((await server.client.get(Lease, options)).spec.holderIdentity, '', 'it is given back')
})

/** Takes the lease, or gives it back, over the heads of the candidates. */
async function hold(client: Client, holderIdentity: string): Promise<void> {
  for (;;) {
    const found = await client.get(Lease, options)
    const taken = { ...found, spec: { ...found.spec, holderIdentity, leaseDurationSeconds: 60 } }
    try {
      await client.update(Lease, taken)
      return
    } catch (error) {
      if (!hasReason(error, 'Conflict')) throw error
    }
  }
}
