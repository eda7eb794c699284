/** The store on a real etcd: the contract, and what only several members, certificates, users and faults can show. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sleep, systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { createAuthority } from '#net/pki/authority'
import { storeContracts } from '#store/contract/all'
import { type Subject, testContract } from '#store/contract/contract'
import { bytes, summary, take, text } from '#store/contract/sample'
import { type EtcdStoreOptions, openEtcdStore } from '#store/etcd/etcd-store'
import { put, remove } from '#store/single-key'
import type { Store, StoreEvent } from '#store/store'
import { isStoreError, StoreError, type StoreErrorReason } from '#store/store-error'
import { etcdMissing } from '#testing/etcd/etcd-program'
import { type Etcd, type EtcdOptions, startEtcd } from '#testing/etcd/start-etcd'

// Each suite has its own etcd and mostly waits.
describe('etcd', { skip: etcdMissing, concurrency: 4 }, () => {
  describe('one member', { concurrency: 1 }, () => {
    const etcd = startedBefore({ args: ['--max-request-bytes=10485760'] })

    // What is judged from the first revision on needs an etcd of its own.
    for (const contract of storeContracts) testContract(contract, contract.name === 'history' ? freshSubject : () => emptySubject(etcd()))

    test('two stores on it see each other at once', async () => {
      await using one = await open(etcd())
      await using other = await open(etcd())
      await using watch = other.watch({ prefix: '/two/' })
      await watch.next()
      const revision = await put(one, '/two/a', bytes('one'))
      assert.equal(text(await other.get('/two/a')), 'one')
      assert.ok((await other.currentRevision()) >= revision)
      assert.deepEqual((await take(1, watch)).map(summary), ['put /two/a'])
    })

    test('a watch goes on over a compaction by another, and one from before it fails with the oldest revision', async () => {
      await using one = await open(etcd())
      await using other = await open(etcd())
      const start = await put(one, '/compact/a', bytes('one'))
      await using watch = one.watch({ prefix: '/compact/' })
      await watch.next()
      await put(other, '/compact/a', bytes('two'))
      const oldest = await put(other, '/compact/a', bytes('three'))
      await other.compact(oldest)
      await put(other, '/compact/b', bytes('four'))
      assert.deepEqual((await take(3, watch)).map(summary), ['put /compact/a', 'put /compact/a', 'put /compact/b'])
      await using third = await open(etcd())
      const isOldest = (error: unknown): boolean => isStoreError(error, 'Compacted') && error.oldestRevision === oldest
      await assert.rejects(third.watch({ prefix: '/', afterRevision: start }).next(), isOldest)
      await assert.rejects(third.range({ prefix: '/', atRevision: start }), isOldest)
      assert.equal((await third.status()).compactRevision, oldest)
    })

    test('a range of many and large entries comes whole, in pages that etcd can bear', async () => {
      await using store = await open(etcd())
      const large = new Uint8Array(200_000)
      for (let i = 0; i < 100; i++) await put(store, `/large/${String(i).padStart(4, '0')}`, large)
      await Promise.all(Array.from({ length: 2500 }, (_, i) => put(store, `/large/x${String(i).padStart(4, '0')}`, bytes('x'))))
      const { entries, remaining } = await store.range({ prefix: '/large/' })
      assert.deepEqual([entries.length, remaining], [2600, 0])
      assert.deepEqual(
        entries.map(({ key }) => key),
        entries.map(({ key }) => key).toSorted(),
      )
      const page = await store.range({ prefix: '/large/', limit: 1500, afterKey: '/large/0049' })
      assert.deepEqual([page.entries.length, page.remaining], [1500, 1050])
    })
  })

  describe('one member with little room', { concurrency: 1 }, () => {
    const etcd = startedBefore({ args: ['--quota-backend-bytes=16777216'] })

    test('changes of one revision come in one batch, also when etcd sends them in parts', async () => {
      await using store = await open(etcd())
      const write = async (fill: number): Promise<number> => {
        const operations = Array.from({ length: 14 }, (_, i) => ({
          type: 'put' as const,
          key: `/part/${String(i).padStart(2, '0')}`,
          value: new Uint8Array(100_000).fill(fill),
        }))
        return (await store.txn({ compares: [], operations })).revision
      }
      const start = await write(1)
      await using live = store.watch({ prefix: '/part/', afterRevision: start })
      await live.next()
      const revisions = [await write(2), await write(3)]
      await using late = store.watch({ prefix: '/part/', afterRevision: start })
      for (const watch of [live, late]) {
        const seen = new Map<number, number>()
        for await (const { events } of watch) {
          const counts = Map.groupBy(events, ({ revision }) => revision)
          for (const [revision, { length }] of counts) seen.set(revision, length)
          if (seen.size === 2) break
        }
        assert.deepEqual(seen, new Map(revisions.map((revision) => [revision, 14])))
      }
    })

    test('when the quota is used up puts fail with StoreFull and deletes go through', async () => {
      await using store = await open(etcd())
      const fill = async (): Promise<void> => {
        for (let i = 0; ; i++) await put(store, `/full/${i}`, new Uint8Array(1_000_000))
      }
      await assert.rejects(fill(), failure('StoreFull', /alarm NOSPACE.*etcdctl alarm disarm/))
      assert.match((await store.status()).degraded ?? '', /alarm NOSPACE/)
      for (const { key } of (await store.range({ prefix: '/full/' })).entries) assert.ok((await remove(store, key)).succeeded)
      await store.compact(await store.currentRevision())
      await sleep(systemClock, 200)
      await etcd().etcdctl('defrag')
      await etcd().etcdctl('alarm', 'disarm')
      await put(store, '/full/0', bytes('room again'))
      assert.equal((await store.status()).degraded, undefined)
    })

    test('what etcd does not take is Invalid and says what to raise', async () => {
      await using store = await open(etcd())
      const huge = new Uint8Array(3_000_000)
      await assert.rejects(put(store, '/huge', huge), failure('Invalid', /--max-request-bytes/))
      await assert.rejects(put(store, '', bytes('x')), failure('Invalid', /may not be empty/))
      const operations = Array.from({ length: 200 }, (_, i) => ({ type: 'delete' as const, key: `/many/${i}` }))
      await assert.rejects(store.txn({ compares: [], operations }), failure('Invalid', /--max-txn-ops/))
    })
  })

  describe('TLS and users', { concurrency: 1 }, () => {
    const etcd = startedBefore({ tls: true })

    test('with the right certificates it works', async () => {
      await using store = await open(etcd())
      await put(store, '/tls', bytes('one'))
      assert.equal(text(await store.get('/tls')), 'one')
    })

    test('with the wrong ones the failure names the endpoint, what is wrong and the flag', async () => {
      const { ca, certificate, key } = requireTls(etcd())
      const stranger = await createAuthority('stranger', { nowMs: systemClock.nowMs(), validForMs: 3600_000 })
      const [endpoint = ''] = etcd().endpoints
      const escaped = endpoint.replaceAll('.', '\\.')
      await assert.rejects(
        open(etcd(), { tls: { ca: stranger.certificatePem, certificate, key } }),
        failure('Unavailable', new RegExp(`${escaped}.*--etcd-cafile`)),
      )
      await assert.rejects(open(etcd(), { tls: { ca } }), failure('Unavailable', /--etcd-certfile/))
      await assert.rejects(
        open(etcd(), { tls: { ca, certificate, key, serverName: 'elsewhere' } }),
        failure('Unavailable', /for another host/),
      )
      await assert.rejects(open(etcd(), { endpoints: [endpoint.replace('https', 'http')] }), failure('Unavailable', /http/))
    })

    test('a user logs in, and again when the token is no longer known', async () => {
      const user = { name: 'keeper', password: 'secret' }
      for (const args of [
        ['role', 'add', 'all'],
        ['role', 'grant-permission', 'all', 'readwrite', '', '--from-key'],
        ['user', 'add', 'root:root'],
        ['user', 'grant-role', 'root', 'root'],
        ['user', 'add', 'keeper:secret'],
        ['user', 'grant-role', 'keeper', 'all'],
      ])
        await etcd().etcdctl(...args)
      await etcd().etcdctl('auth', 'enable')
      // A client certificate would count as its own user.
      await using store = await open(etcd(), { user })
      const revision = await put(store, '/user', bytes('one'))
      const watched = take(1, store.watch({ prefix: '/user', afterRevision: revision }))
      for (const member of etcd().members) {
        await member.stop()
        member.start()
        await member.untilHealthy()
      }
      await put(store, '/user', bytes('two'))
      assert.deepEqual((await watched).map(summary), ['put /user'])
      await assert.rejects(open(etcd(), { user: { name: 'keeper', password: 'wrong' } }), failure('Unavailable', /user name or password/))
    })
  })

  describe('three members', { concurrency: 1 }, () => {
    const etcd = startedBefore({ members: 3 })

    test('killing the member in use loses no write and no change, and service is back within 5 s', async () => {
      await using store = await open(etcd())
      const [member] = etcd().members
      const start = await store.currentRevision()
      const writing = new AbortController()
      const acknowledged = writeUntil(store, '/kill/', writing.signal)
      const seen = follow(store, '/kill/', start)
      await sleep(systemClock, 300)
      await member?.kill()
      const longestMs = await longestGapMs(store, 3000)
      writing.abort()
      const keys = await acknowledged
      member?.start()
      await member?.untilHealthy()
      assert.ok(longestMs < 5000, `no read for ${longestMs} ms`)
      await seen.until(keys.at(-1) ?? '')
      assertOnceInOrder(seen.events)
      const seenKeys = new Set(seen.events.map(({ key }) => key))
      assert.deepEqual(
        keys.filter((key) => !seenKeys.has(key)),
        [],
      )
    })

    test('a member that hangs is left within 5 s, and a write it took says that its outcome is not known', async () => {
      await using store = await open(etcd())
      const [member] = etcd().members
      await store.get('/warm')
      member?.pause()
      try {
        const startedMs = systemClock.monotonicMs()
        const [write] = await Promise.allSettled([put(store, '/hang', bytes('one')), store.get('/hang')])
        assert.ok(systemClock.monotonicMs() - startedMs < 5000)
        assert.ok(write.status === 'rejected' && isStoreError(write.reason, 'Unavailable') && write.reason.isOutcomeUnknown)
        await put(store, '/hang', bytes('two'))
      } finally {
        member?.resume()
      }
      assert.equal(text(await store.get('/hang')), 'two')
    })

    test('without a majority writes fail and say so; with it they work again, and the watch goes on', async () => {
      await using store = await open(etcd())
      const [, second, third] = etcd().members
      await using watch = store.watch({ prefix: '/majority/' })
      await watch.next()
      await second?.kill()
      await third?.kill()
      // The member that is left needs an election timeout to notice.
      await sleep(systemClock, 2500)
      await assert.rejects(put(store, '/majority/a', bytes('one')), failure('Unavailable', /no leader/))
      assert.match((await store.status()).degraded ?? '', /no leader.*does not answer/)
      second?.start()
      third?.start()
      await Promise.all([second?.untilHealthy(), third?.untilHealthy()])
      await put(store, '/majority/b', bytes('two'))
      const [event] = await take(1, watch)
      assert.ok(event?.key.startsWith('/majority/'))
    })
  })
})

/** An etcd for all tests of a suite. */
function startedBefore(options: EtcdOptions): () => Etcd {
  let etcd: Etcd | undefined
  before(async () => {
    etcd = await startEtcd(options)
  })
  after(() => etcd?.[Symbol.asyncDispose]())
  return () => {
    assert(etcd !== undefined)
    return etcd
  }
}

function open({ endpoints, tls }: Etcd, changes: Partial<EtcdStoreOptions> = {}): Promise<Store> {
  return openEtcdStore({ endpoints, tls, clock: systemClock, log: silentLog, ...changes })
}

async function emptySubject(etcd: Etcd): Promise<Subject & AsyncDisposable> {
  await etcd.etcdctl('del', '--from-key', '')
  return subjectOf(await open(etcd))
}

async function freshSubject(): Promise<Subject & AsyncDisposable> {
  const etcd = await startEtcd()
  const subject = subjectOf(await open(etcd))
  return {
    ...subject,
    async [Symbol.asyncDispose]() {
      await subject[Symbol.asyncDispose]()
      await etcd[Symbol.asyncDispose]()
    },
  }
}

function subjectOf(store: Store): Subject & AsyncDisposable {
  const pass = (ms: number): Promise<void> => sleep(systemClock, ms)
  return { store, clock: systemClock, pass, leaseMs: 2000, leaseLatenessMs: 1500, [Symbol.asyncDispose]: () => store.close() }
}

function requireTls({ tls }: Etcd) {
  assert(tls !== undefined)
  return tls
}

function failure(reason: StoreErrorReason, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof StoreError, String(error))
    assert.equal(error.reason, reason)
    assert.match(error.message, message)
    return true
  }
}

/** Creates keys until the signal aborts; gives those that were acknowledged. */
async function writeUntil(store: Store, prefix: string, signal: AbortSignal): Promise<string[]> {
  const keys: string[] = []
  for (let i = 0; !signal.aborted; i++) {
    const key = `${prefix}${i}`
    try {
      await put(store, key, bytes('x'))
      keys.push(key)
    } catch (error) {
      assert.ok(isStoreError(error, 'Unavailable') && error.isOutcomeUnknown, String(error))
    }
  }
  return keys
}

/** Collects what a watch sees. */
function follow(store: Store, prefix: string, afterRevision: number) {
  const events: StoreEvent[] = []
  const watch = store.watch({ prefix, afterRevision })
  return {
    events,
    async until(key: string): Promise<void> {
      for await (const batch of watch) {
        events.push(...batch.events)
        if (events.some((event) => event.key === key)) return
      }
    },
  }
}

function assertOnceInOrder(events: readonly StoreEvent[]): void {
  for (const [i, event] of events.entries()) assert.ok(i === 0 || event.revision > (events[i - 1]?.revision ?? Infinity))
}

/** The longest time between two answered reads. */
async function longestGapMs(store: Store, forMs: number): Promise<number> {
  const endMs = systemClock.monotonicMs() + forMs
  let lastMs = systemClock.monotonicMs()
  let longestMs = 0
  while (systemClock.monotonicMs() < endMs) {
    await store.get('/gap')
    longestMs = Math.max(longestMs, systemClock.monotonicMs() - lastMs)
    lastMs = systemClock.monotonicMs()
    await sleep(systemClock, 10)
  }
  return longestMs
}
