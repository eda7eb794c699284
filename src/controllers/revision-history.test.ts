import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DaemonSet } from '#kinds/apps/daemon-set.kind'
import type { PodTemplateSpec } from '#kinds/core/types.gen'
import { forgettable, nextRevision, type RevisionOwner, templateOf } from './revision-history.ts'

function templateWith(image: string): PodTemplateSpec {
  return { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image }] } }
}

function ownerWith(image: string): RevisionOwner {
  return {
    kind: DaemonSet,
    object: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x', namespace: 'a', uid: 'u' } },
    reference: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'x', uid: 'u', controller: true },
    template: templateWith(image),
    selector: [],
    collisionCount: undefined,
    hashLabel: 'hash',
  }
}

const first = nextRevision(ownerWith('one'), []).revision
const second = nextRevision(ownerWith('two'), [first]).revision

test('a template that never was gets a revision with the next number, named by its hash', () => {
  const { do: step, revision } = nextRevision(ownerWith('two'), [first])
  assert.deepEqual([step, first.revision, revision.revision], ['create', 1, 2])
  assert.equal(revision.metadata.name, `x-${revision.metadata.labels?.['hash']}`)
  assert.notEqual(revision.metadata.name, first.metadata.name)
  assert.deepEqual(templateOf(revision), templateWith('two'))
})

test('the newest template stays as it is', () => {
  assert.deepEqual(nextRevision(ownerWith('two'), [first, second]), { do: 'keep', revision: second })
})

test('a template that comes back keeps its name and becomes the newest', () => {
  assert.deepEqual(nextRevision(ownerWith('one'), [first, second]), { do: 'raise', revision: { ...first, revision: 3 } })
})

for (const [why, limit, used, want] of [
  ['within the limit', 2, [], []],
  ['the oldest goes', 1, [], [1]],
  ['those in use do not count', 0, [1], [2]],
  ['all that are not in use', 0, [], [1, 2]],
] as const) {
  test(`revisions to forget: ${why}`, () => {
    const isUsed = ({ revision }: typeof first) => used.some((number) => number === revision)
    assert.deepEqual(
      forgettable([first, second], isUsed, limit).map(({ revision }) => revision),
      want,
    )
  })
}
