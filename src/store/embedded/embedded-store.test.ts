import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { bytes, failsWith, summary, take, text } from '../contract/sample.ts'
import { create, put, remove } from '../single-key.ts'
import { StoreError } from '../store-error.ts'
import { defaultStoreLimits, EmbeddedStore } from './embedded-store.ts'
import type { Journal, JournalBatch } from './journal.ts'
import { LeaseTable } from './lease-table.ts'
import { VersionedState } from './versioned-state.ts'

test('a write is not seen before it is durable, neither by reads nor by watches', async () => {
  const journal = new HeldJournal()
  await using store = storeOn(journal)
  const watch = store.watch({ prefix: '/' })
  await watch.next()
  const write = put(store, '/a', bytes('one'))
  const event = take(1, watch)
  await journal.asked()
  assert.equal(await store.get('/a'), undefined)
  assert.equal(await store.currentRevision(), 1)
  assert.equal((await store.range({ prefix: '/' })).entries.length, 0)
  journal.succeed()
  assert.equal(await write, 2)
  assert.equal(text(await store.get('/a')), 'one')
  assert.deepEqual((await event).map(summary), ['put /a'])
})

test('what arrives while a commit runs goes into the next one, together', async () => {
  const journal = new HeldJournal()
  await using store = storeOn(journal)
  const first = put(store, '/a', bytes('one'))
  await journal.asked()
  const rest = Promise.all([put(store, '/b', bytes('two')), put(store, '/c', bytes('three'))])
  journal.succeed()
  await first
  const batch = await journal.asked()
  assert.equal(batch.changes.length, 2)
  journal.succeed()
  assert.deepEqual(await rest, [3, 4])
})

test('a refused commit fails its writes, leaves no trace, and the next write goes through by itself', async () => {
  const journal = new HeldJournal()
  await using store = storeOn(journal)
  const watch = store.watch({ prefix: '/' })
  await watch.next()
  const lost = Promise.allSettled([put(store, '/a', bytes('lost')), create(store, '/a', bytes('also lost'))])
  await journal.asked()
  journal.fail(new StoreError('StoreFull', 'the disk is full'))
  for (const outcome of await lost) assert.ok(outcome.status === 'rejected' && failsWith('StoreFull')(outcome.reason))
  assert.equal(await store.get('/a'), undefined)
  assert.equal((await store.status()).degraded, 'the disk is full')

  const write = create(store, '/a', bytes('one'))
  await journal.asked()
  journal.succeed()
  assert.deepEqual(await write, { succeeded: true, revision: 2, previous: undefined })
  assert.equal((await store.status()).degraded, undefined)
  assert.deepEqual(
    (await take(1, watch)).map((event) => event.revision),
    [2],
  )
})

test('a refused commit is followed by probes, and when one succeeds the store is well without a write', async () => {
  const journal = new HeldJournal()
  const clock = new VirtualClock()
  await using store = storeOn(journal, clock)
  const lost = put(store, '/a', bytes('lost'))
  await journal.asked()
  journal.fail(new StoreError('Degraded', 'no disk'))
  await assert.rejects(lost, failsWith('Degraded'))
  await clock.advance(1000)
  journal.fail(new StoreError('Degraded', 'still no disk'))
  await clock.advance(0)
  assert.equal((await store.status()).degraded, 'still no disk')
  await clock.advance(1000)
  journal.succeed()
  await clock.advance(0)
  assert.equal((await store.status()).degraded, undefined)
})

test('when the disk is full, puts of a group are refused and its deletes go through', async () => {
  const journal = new HeldJournal()
  const clock = new VirtualClock()
  await using store = storeOn(journal, clock)
  const before = put(store, '/a', bytes('one'))
  await journal.asked()
  journal.succeed()
  await before
  const [deleted, refused] = [remove(store, '/a'), put(store, '/b', bytes('two'))]
  await journal.asked()
  journal.fail(new StoreError('StoreFull', 'the disk is full'), 'the disk is full')
  await assert.rejects(refused, failsWith('StoreFull'))
  assert.equal((await journal.asked()).changes.length, 1)
  journal.succeed()
  assert.equal((await deleted).succeeded, true)
  await assert.rejects(put(store, '/c', bytes('three')), failsWith('StoreFull'))
  assert.equal((await store.status()).degraded, 'the disk is full')
})

test('a reached limit is told in the status until something is deleted', async () => {
  const journal = createPassingJournal()
  await using store = storeOn(journal, new VirtualClock(), { liveBytesMax: 10 })
  await put(store, '/a', bytes('12345678'))
  await assert.rejects(put(store, '/b', bytes('1')), failsWith('StoreFull'))
  assert.match(String((await store.status()).degraded), /limit of 10/)
  await remove(store, '/a')
  assert.equal((await store.status()).degraded, undefined)
})

test('a lease that could not be revoked for lack of a disk is revoked when the disk is back', async () => {
  const journal = new HeldJournal()
  const clock = new VirtualClock()
  await using store = storeOn(journal, clock)
  const grant = store.grantLease(1000)
  await journal.asked()
  journal.succeed()
  const write = put(store, '/a', bytes('one'), { leaseId: (await grant).id })
  await journal.asked()
  journal.succeed()
  await write
  await clock.advance(1000)
  journal.fail(new StoreError('Degraded', 'no disk'))
  await clock.advance(1000)
  journal.succeed()
  await clock.advance(0)
  assert.equal(await store.get('/a'), undefined)
})

test('a lease whose time is over cannot be kept alive while its end is being made durable', async () => {
  const journal = new HeldJournal()
  const clock = new VirtualClock()
  await using store = storeOn(journal, clock)
  const grant = store.grantLease(1000)
  await journal.asked()
  journal.succeed()
  const { id } = await grant
  await clock.advance(1000)
  await journal.asked()
  await assert.rejects(store.keepLeaseAlive(id), failsWith('LeaseNotFound'))
  journal.succeed()
  await clock.advance(0)
  assert.equal(await store.lease(id), undefined)
})

test('history is bounded even if nobody compacts', async () => {
  await using store = storeOn(createPassingJournal(), new VirtualClock(), { historyLengthMax: 1000 })
  for (let i = 0; i < 5000; i++) await put(store, '/a', bytes(String(i)))
  const { revision, compactRevision } = await store.status()
  assert.ok(revision - compactRevision <= 1010, `${revision - compactRevision} revisions are remembered`)
})

test('history is bounded by its bytes, too', async () => {
  await using store = storeOn(createPassingJournal(), new VirtualClock(), { historyBytesMax: 100_000 })
  for (let i = 0; i < 500; i++) await put(store, '/a', new Uint8Array(10_000))
  const { revision, compactRevision } = await store.status()
  assert.ok(revision - compactRevision <= 15, `${revision - compactRevision} revisions are remembered`)
})

function storeOn(journal: Journal, clock = new VirtualClock(), limits = {}): EmbeddedStore {
  const state = new VersionedState({ revision: 1, compactRevision: 0 })
  return new EmbeddedStore({
    clock,
    journal,
    state,
    leases: new LeaseTable(),
    nextLeaseNumber: 1,
    limits: { ...defaultStoreLimits, ...limits },
    gather: queueMicrotask,
  })
}

function createPassingJournal(): Journal {
  return {
    commit: () => Promise.resolve(),
    probe: () => Promise.resolve(),
    shortage: () => undefined,
    verify: async () => [],
    sizeBytes: () => undefined,
    close: () => Promise.resolve(),
  }
}

/** A journal whose commits end when, and as, the test says. */
class HeldJournal implements Journal {
  #shortage: string | undefined
  #underWay = Promise.withResolvers<void>()
  #asked = Promise.withResolvers<JournalBatch>()

  commit(batch: JournalBatch): Promise<void> {
    this.#underWay = Promise.withResolvers()
    this.#asked.resolve(batch)
    return this.#underWay.promise
  }

  /** The batch of the next commit, once it is asked for. */
  async asked(): Promise<JournalBatch> {
    const batch = await this.#asked.promise
    this.#asked = Promise.withResolvers()
    return batch
  }

  succeed(): void {
    this.#underWay.resolve()
  }

  fail(error: StoreError, shortage?: string): void {
    this.#shortage = shortage
    this.#underWay.reject(error)
  }

  /** Ends as the test says, as a commit does. */
  probe(): Promise<void> {
    this.#underWay = Promise.withResolvers()
    return this.#underWay.promise.then(() => {
      this.#shortage = undefined
    })
  }

  shortage(): string | undefined {
    return this.#shortage
  }

  async verify(): Promise<readonly string[]> {
    return []
  }

  sizeBytes(): undefined {}

  close(): Promise<void> {
    return Promise.resolve()
  }
}
