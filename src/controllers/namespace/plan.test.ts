import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deletionConditions, isSwept } from './plan.ts'

const now = '2026-01-01T00:00:00Z'
const clean = { remaining: [], deletionErrors: [], discoveryErrors: [] }

test('namespace: an empty one says so in five conditions', () => {
  const conditions = deletionConditions(undefined, clean, now)
  assert.deepEqual(
    conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
    [
      'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered',
      'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions',
      'NamespaceDeletionContentFailure False ContentDeleted',
      'NamespaceContentRemaining False ContentRemoved',
      'NamespaceFinalizersRemaining False ContentHasNoFinalizers',
    ],
  )
})

test('namespace: what is left is named, with its finalizers', () => {
  const remaining = [
    { plural: 'pods', group: '', count: 2, finalizers: [] },
    { plural: 'things', group: 'example.com', count: 1, finalizers: ['example.com/wait', 'example.com/wait'] },
  ]
  const sweep = { remaining, deletionErrors: ['no'], discoveryErrors: [] }
  const messages = deletionConditions(undefined, sweep, now).map(({ message }) => message)
  assert.equal(isSwept(sweep), false)
  assert.equal(messages[2], 'Failed to delete all resource types, 1 remaining: no')
  assert.equal(messages[3], 'Some resources are remaining: pods. has 2 resource instances, things.example.com has 1 resource instances')
  assert.equal(messages[4], 'Some content in the namespace has finalizers remaining: example.com/wait in 2 resource instances')
})
