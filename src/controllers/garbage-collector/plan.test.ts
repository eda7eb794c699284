import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '#meta/object'
import { judge, type OwnerState, type Verdict } from './plan.ts'

type Facts = { owners?: Record<string, OwnerState>; finalizers?: string[]; isDeleted?: boolean; blockedBy?: string }

const deletionTimestamp = '2026-01-01T00:00:00Z'

function object(uid: string, { owners = {}, finalizers, isDeleted, blockedBy }: Facts): KubeObject {
  const references = Object.keys(owners).map((owner) => ({
    apiVersion: 'v1',
    kind: 'Owner',
    name: owner,
    uid: owner,
    blockOwnerDeletion: owner === blockedBy,
  }))
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { uid, name: uid, ownerReferences: references, finalizers, ...(isDeleted ? { deletionTimestamp } : {}) },
  }
}

const child = object('child', { owners: { me: 'leaving' } })
const leavingChild = object('child', { owners: { me: 'leaving' }, blockedBy: 'me', finalizers: ['foregroundDeletion'], isDeleted: true })
const blocker = object('child', { owners: { me: 'leaving' }, blockedBy: 'me' })

for (const [why, facts, dependents, want] of [
  ['without owners it stays', {}, [], { do: 'nothing' }],
  ['with an owner that is there it stays', { owners: { a: 'solid' } }, [], { do: 'nothing' }],
  ['without any owner left it goes', { owners: { a: 'absent' } }, [], { do: 'delete', propagationPolicy: 'Background' }],
  [
    'one owner of two is enough, and the other is forgotten',
    { owners: { a: 'absent', b: 'solid' } },
    [],
    { do: 'drop-owners', uids: ['a'] },
  ],
  [
    'an owner that goes in the foreground takes it along',
    { owners: { a: 'leaving' } },
    [],
    { do: 'delete', propagationPolicy: 'Background' },
  ],
  ['and what it has below goes first', { owners: { a: 'leaving' } }, [child], { do: 'delete', propagationPolicy: 'Foreground' }],
  [
    'in a circle it frees its owners first',
    { owners: { a: 'leaving' }, blockedBy: 'a' },
    [leavingChild],
    { do: 'unblock-owners-and-delete' },
  ],
  [
    'its finalizer says how it wants to go',
    { owners: { a: 'absent' }, finalizers: ['orphan'] },
    [],
    { do: 'delete', propagationPolicy: 'Orphan' },
  ],
  ['what is going already is let go', { owners: { a: 'absent' }, isDeleted: true }, [], { do: 'nothing' }],
  [
    'in the foreground it waits for those that block',
    { isDeleted: true, finalizers: ['foregroundDeletion'] },
    [blocker],
    { do: 'delete-dependents', dependents: [blocker] },
  ],
  [
    'of those it does not call the ones that wait themselves',
    { isDeleted: true, finalizers: ['foregroundDeletion'] },
    [leavingChild],
    { do: 'delete-dependents', dependents: [] },
  ],
  [
    'but not for those that do not',
    { isDeleted: true, finalizers: ['foregroundDeletion'] },
    [child],
    { do: 'remove-finalizer', finalizer: 'foregroundDeletion' },
  ],
  [
    'orphaning lets dependents go first',
    { isDeleted: true, finalizers: ['orphan'] },
    [child],
    { do: 'orphan-dependents', dependents: [child] },
  ],
  ['and ends when there are none', { isDeleted: true, finalizers: ['orphan'] }, [], { do: 'remove-finalizer', finalizer: 'orphan' }],
] as const satisfies readonly (readonly [string, Facts, readonly KubeObject[], Verdict])[]) {
  test(`garbage collector: ${why}`, () => {
    const states: Record<string, OwnerState> = 'owners' in facts ? facts.owners : {}
    const verdict = judge({ object: object('me', facts as Facts), dependents, stateOf: ({ uid }) => states[uid] ?? 'solid' })
    assert.deepEqual(verdict, want)
  })
}
