import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoreEvent } from '../store.ts'
import { RecentEvents } from './recent-events.ts'

const put = (key: string, revision: number, bytes = 1): StoreEvent => ({
  type: 'put',
  key,
  revision,
  entry: { key, value: new Uint8Array(bytes), createRevision: revision, modRevision: revision, version: 1 },
})
const told = (events: readonly StoreEvent[]): string[] => events.map(({ key, revision }) => `${key}@${revision}`)

test('what came after a revision is found, of one prefix', () => {
  const recent = new RecentEvents(10, { lengthMax: 100, bytesMax: 1000 })
  recent.add([put('/a/1', 11), put('/b/1', 11), put('/a/2', 13)])
  assert.deepEqual(told(recent.after(10, '/a/')), ['/a/1@11', '/a/2@13'])
  assert.deepEqual(told(recent.after(11, '/')), ['/a/2@13'])
  assert.deepEqual(recent.after(13, '/'), [])
})

test('whole revisions are forgotten when there are too many, by number or by bytes', () => {
  const recent = new RecentEvents(10, { lengthMax: 4, bytesMax: 1000 })
  recent.add([put('a', 11), put('b', 11), put('c', 12)])
  assert.equal(recent.startRevision, 10)
  recent.add([put('d', 13), put('e', 14)])
  assert.equal(recent.startRevision, 11)
  assert.deepEqual(told(recent.after(11, '')), ['c@12', 'd@13', 'e@14'])
  recent.add([put('f', 15, 999)])
  assert.equal(recent.startRevision, 14)
  assert.deepEqual(told(recent.after(14, '')), ['f@15'])
})

test('it stays right while very much goes through', () => {
  const recent = new RecentEvents(0, { lengthMax: 10, bytesMax: 1000 })
  for (let revision = 1; revision <= 10_000; revision++) recent.add([put('k', revision)])
  assert.equal(recent.startRevision, 9990)
  assert.equal(recent.after(9990, '').length, 10)
})
