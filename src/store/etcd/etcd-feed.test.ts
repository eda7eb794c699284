import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { VirtualClock } from '#base/env/virtual-clock'
import { GrpcError } from '#net/grpc/grpc-error'
import type { CallOptions } from '#net/grpc/service'
import type { StoreEvent } from '../store.ts'
import { isStoreError } from '../store-error.ts'
import { EtcdFeed } from './etcd-feed.ts'
import type { EtcdMember, EtcdMembers } from './etcd-members.ts'
import type { EtcdEvent, EtcdWatchResponse, KeyValue } from './etcd-rpc.ts'

type Answer = Partial<EtcdWatchResponse> | Error

const value = new Uint8Array()
const kv = (key: string, modRevision: number, version = 1): KeyValue => ({
  key,
  value,
  createRevision: modRevision - version + 1,
  modRevision,
  version,
  lease: 0,
})
const put = (key: string, modRevision: number): EtcdEvent => ({ type: 'PUT', kv: kv(key, modRevision) })
const created = (revision: number, clusterId = 1): Answer => ({ created: true, header: { clusterId, revision } })

/** Runs a feed from revision 10 against watches that answer as told, one list for each time it opens one. */
async function feedOf(script: readonly (readonly Answer[])[], start: { isNewest?: boolean; now?: number; previous?: KeyValue[] } = {}) {
  const startRevisions: number[] = []
  const batches: StoreEvent[][] = []
  const failed = Promise.withResolvers<unknown>()
  const rest = [...script]
  const member = {
    watch: {
      watch: ({ signal }: CallOptions) => ({
        send: ({ createRequest }: { createRequest: { startRevision: number } }) => startRevisions.push(createRequest.startRevision),
        async *[Symbol.asyncIterator]() {
          for (const answer of rest.shift() ?? [new GrpcError('PermissionDenied', 'the script is over')]) {
            signal?.throwIfAborted()
            if (answer instanceof Error) throw answer
            yield { created: false, canceled: false, compactRevision: 0, cancelReason: '', fragment: false, events: [], ...answer }
          }
        },
      }),
    },
  }
  // Only what a feed uses of the members.
  const members = {
    current: member as unknown as EtcdMember,
    metadata: async () => ({}),
    giveUp: () => {},
    read: async () => ({ kvs: start.previous ?? [] }),
  } as unknown as EtcdMembers
  const currentRevision = async (): Promise<number> => start.now ?? 10
  using feed = new EtcdFeed(
    { members, clock: systemClock, log: silentLog, currentRevision },
    { afterRevision: 10, isNewest: start.isNewest ?? false },
    { take: (events) => void batches.push([...events]), fail: failed.resolve },
  )
  void feed.run()
  const error = await failed.promise
  return { startRevisions, batches: batches.map((events) => events.map((event) => `${event.key}@${event.revision}`)), error, feed }
}

test('parts of a large answer are joined: a revision comes whole', async () => {
  const { batches } = await feedOf([
    [
      created(10),
      { events: [put('a', 11), put('a', 12)], fragment: true },
      { events: [put('b', 12)], fragment: true },
      { events: [put('c', 12), put('a', 13)], fragment: false },
    ],
  ])
  assert.deepEqual(batches, [['a@11'], ['a@12', 'b@12', 'c@12', 'a@13']])
})

test('after a lost connection it goes on where it was, and drops what it had', async () => {
  const lost = new GrpcError('Unavailable', 'lost')
  const { batches, startRevisions } = await feedOf([
    [created(10), { events: [put('a', 11)] }, { events: [put('b', 12)], fragment: true }, lost],
    [created(12), { events: [put('a', 11), put('b', 12), put('c', 12)] }],
  ])
  assert.deepEqual(startRevisions.slice(0, 2), [10, 11])
  assert.deepEqual(batches, [['a@11'], ['b@12', 'c@12']])
})

test('from the newest revision it begins behind it, unless changes came in between', async () => {
  const { startRevisions } = await feedOf([[created(12)], [created(12)]], { isNewest: true })
  assert.deepEqual(startRevisions.slice(0, 2), [11, 10])
  assert.deepEqual((await feedOf([[created(10)]], { isNewest: true })).startRevisions[0], 11)
})

test('what was before a change is read where etcd left it out', async () => {
  const changed: EtcdEvent = { type: 'PUT', kv: kv('a', 11, 2) }
  const { batches } = await feedOf([[created(10), { events: [changed] }]], { previous: [kv('a', 10)] })
  assert.deepEqual(batches, [['a@11']])
})

for (const [why, script, now, reason] of [
  ['its place is compacted', [[created(20), { canceled: true, compactRevision: 15 }]], 20, 'Compacted'],
  ['an older state was restored', [[created(5)]], 5, 'FutureRevision'],
  ['the cluster is another', [[created(10, 1), new GrpcError('Unavailable', 'lost')], [created(30, 2)]], 30, 'Compacted'],
] as const) {
  test(`it fails with ${reason} when ${why}`, async () => {
    const { error } = await feedOf(script, { now })
    assert.ok(isStoreError(error, reason), String(error))
  })
}

test('it waits where a member lags behind, and fails where it may not watch', async () => {
  const { batches, error } = await feedOf([[created(8), { events: [put('a', 11)] }]], { now: 10 })
  assert.deepEqual(batches, [['a@11']])
  assert.match(String(error), /the script is over/)
})

test('a member that does not send what is there is left for the next one', async () => {
  const clock = new VirtualClock()
  const given: unknown[] = []
  const taken: number[] = []
  const silent = (signal: AbortSignal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const member = {
    watch: {
      watch: ({ signal = new AbortController().signal }: CallOptions) => ({
        send: () => {},
        async *[Symbol.asyncIterator]() {
          const said = { created: false, canceled: false, compactRevision: 0, cancelReason: '', fragment: false, events: [] }
          yield { ...said, ...created(10) }
          if (given.length > 0) yield { ...said, events: [put('a', 11)] }
          await silent(signal)
        },
      }),
    },
  }
  const members = { current: member, metadata: async () => ({}), giveUp: (_: unknown, why: unknown) => void given.push(why) }
  using feed = new EtcdFeed(
    { members: members as unknown as EtcdMembers, clock, log: silentLog, currentRevision: async () => 11 },
    { afterRevision: 10, isNewest: true },
    { take: (_, revision) => void taken.push(revision), fail: assert.fail },
  )
  void feed.run()
  await clock.advance(10_000)
  assert.deepEqual([given, taken], [[], []], 'silence alone is no reason')
  feed.expect(11)
  await clock.advance(1400)
  assert.deepEqual(given, [])
  await clock.advance(200)
  assert.match(String(given[0]), /did not arrive within 1500 ms/)
  assert.deepEqual(taken, [11])
})
