import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Lease } from '#kinds/coordination/lease.kind'
import { claimedLease, defaultElectionTimes, mayHold } from './leader-election.ts'

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
