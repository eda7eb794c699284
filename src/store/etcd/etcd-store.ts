/** The store on a real etcd v3 cluster: what several API servers share. */
import { unlessAborted } from '#base/async/unless-aborted'
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { defaultStoreLimits } from '../embedded/embedded-store.ts'
import type { WatchLimits } from '../embedded/embedded-watch.ts'
import { leaseNotFound } from '../embedded/lease-table.ts'
import type {
  Entry,
  KeyRange,
  Lease,
  RangeRequest,
  RangeResult,
  Store,
  StoreStatus,
  Txn,
  TxnResult,
  Watch,
  WatchRequest,
} from '../store.ts'
import { closed, compacted, futureRevision, isStoreError } from '../store-error.ts'
import { findCompactRevision } from './compact-revision.ts'
import { entryOf, etcdIdOf, etcdIntervalOf, leaseIdOf } from './etcd-entry.ts'
import { type EtcdAddress, EtcdMembers, type MemberCall } from './etcd-members.ts'
import { readRange } from './etcd-range.ts'
import { etcdStatus } from './etcd-status.ts'
import { txnRequestOf, txnResultOf } from './etcd-txn.ts'
import { requireVersion } from './etcd-version.ts'
import { EtcdWatch } from './etcd-watch.ts'
import { isRepeatable, repeatedSwap } from './repeated-swap.ts'
import { SharedRead } from './shared-read.ts'
import { WatchSource } from './watch-source.ts'

/** Where etcd is and what the store works with. Keys go to etcd as they are. */
export interface EtcdStoreOptions extends EtcdAddress {
  readonly clock: Clock
  readonly log: Log
  /** How much a watch's reader may leave unread. */
  readonly limits?: Partial<WatchLimits>
}

/**
 * Opens the store once a member has answered and its version is one we know how to use.
 * Fails with Unavailable, which says of each endpoint what is wrong with it, or with Invalid.
 */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const members = new EtcdMembers(options, options)
  try {
    await requireVersion(members)
    return new EtcdStore(members, options)
  } catch (error) {
    members[Symbol.dispose]()
    throw error
  }
}

class EtcdStore implements Store {
  readonly #members: EtcdMembers
  readonly #clock: Clock
  readonly #limits: WatchLimits
  readonly #source: WatchSource
  readonly #newest: SharedRead<number>
  #isClosed = false
  #writeCount = 0
  #idle: PromiseWithResolvers<void> | undefined

  constructor(members: EtcdMembers, { clock, log, limits }: EtcdStoreOptions) {
    this.#members = members
    this.#clock = clock
    this.#limits = { ...defaultStoreLimits, ...limits }
    this.#newest = new SharedRead(() => this.#readRevision())
    this.#source = new WatchSource({ members, clock, log, currentRevision: () => this.#newest.get() })
  }

  async get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    const { kvs } = await this.#read((member, options) => member.kv.range({ key }, options), signal)
    return kvs[0] === undefined ? undefined : entryOf(kvs[0])
  }

  async range(request: RangeRequest, signal?: AbortSignal): Promise<RangeResult> {
    this.#checkOpen(signal)
    try {
      return await readRange(this.#members, request, signal)
    } catch (error) {
      throw await this.#withRevision(error, request.atRevision ?? 0)
    }
  }

  async count(range: KeyRange, signal?: AbortSignal): Promise<number> {
    const request = { ...etcdIntervalOf(range), countOnly: true }
    return (await this.#read((member, options) => member.kv.range(request, options), signal)).count
  }

  async txn(txn: Txn, signal?: AbortSignal): Promise<TxnResult> {
    const request = txnRequestOf(txn)
    const send = async (stop?: AbortSignal) => txnResultOf(await this.#write((member, options) => member.kv.txn(request, options), stop))
    if (!isRepeatable(txn)) return await send(signal)
    const read = async (key: string, atRevision: number) => (await this.range({ from: key, to: `${key}\0`, atRevision }, signal)).entries[0]
    const member = this.#members.current
    const turnAway = () => this.#members.giveUp(member, 'no answer to a write in time')
    return await repeatedSwap({ clock: this.#clock, send, turnAway, read }, txn, signal)
  }

  watch(request: WatchRequest, signal?: AbortSignal): Watch {
    const watch = new EtcdWatch({ origin: this.#source, clock: this.#clock, limits: this.#limits }, request, signal)
    if (this.#isClosed) watch.fail(closed())
    return watch
  }

  async currentRevision(signal?: AbortSignal): Promise<number> {
    this.#checkOpen(signal)
    return unlessAborted(this.#newest.get(), signal)
  }

  async compact(revision: number, signal?: AbortSignal): Promise<void> {
    try {
      // What is compacted already stays so: it may be asked for again.
      await this.#read((member, options) => member.kv.compact({ revision }, options), signal)
    } catch (error) {
      if (!isStoreError(error, 'Compacted')) throw await this.#withRevision(error, revision)
    }
    this.#source.noteCompaction(revision)
  }

  async grantLease(ttlMs: number, signal?: AbortSignal): Promise<Lease> {
    // If the answer is lost and another is granted, the first ends by itself.
    const { id, ttl } = await this.#read((member, options) => member.lease.grant({ ttl: Math.ceil(ttlMs / 1000) }, options), signal)
    return { id: leaseIdOf(id), ttlMs: ttl * 1000 }
  }

  async lease(id: string, signal?: AbortSignal): Promise<Lease | undefined> {
    const etcdId = etcdIdOf(id)
    if (etcdId === undefined) return undefined
    const { ttl, grantedTtl } = await this.#read((member, options) => member.lease.timeToLive({ id: etcdId }, options), signal)
    return ttl < 0 ? undefined : { id, ttlMs: grantedTtl * 1000 }
  }

  async keepLeaseAlive(id: string, signal?: AbortSignal): Promise<Lease> {
    const etcdId = requireLeaseId(id)
    const ttl = await this.#read(async (member, options) => {
      const call = member.lease.keepAlive(options)
      call.send({ id: etcdId })
      for await (const answer of call) return answer.ttl
      return 0
    }, signal)
    if (ttl <= 0) throw leaseNotFound(id)
    return { id, ttlMs: ttl * 1000 }
  }

  async revokeLease(id: string, signal?: AbortSignal): Promise<void> {
    const etcdId = requireLeaseId(id)
    await this.#write((member, options) => member.lease.revoke({ id: etcdId }, options), signal)
  }

  async status(signal?: AbortSignal): Promise<StoreStatus> {
    this.#checkOpen(signal)
    return unlessAborted(etcdStatus(this.#members, this.#source.compactRevision), signal)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#writeCount > 0) {
      this.#idle = Promise.withResolvers()
      await this.#idle.promise
    }
    this.#source[Symbol.dispose]()
    this.#members[Symbol.dispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #readRevision(): Promise<number> {
    const { header } = await this.#read((member, options) => member.kv.range({ key: revisionKey, countOnly: true }, options))
    return header?.revision ?? 0
  }

  async #read<T>(call: MemberCall<T>, signal?: AbortSignal): Promise<T> {
    this.#checkOpen(signal)
    return this.#members.read(call, signal)
  }

  async #write<T>(call: MemberCall<T>, signal?: AbortSignal): Promise<T> {
    this.#checkOpen(signal)
    this.#writeCount++
    try {
      return await this.#members.write(call, signal)
    } finally {
      this.#writeCount--
      if (this.#writeCount === 0) this.#idle?.resolve()
    }
  }

  /** etcd says of a revision that it is out of reach, but not where the reach ends. */
  async #withRevision(error: unknown, revision: number): Promise<unknown> {
    if (isStoreError(error, 'FutureRevision')) return futureRevision(revision, await this.#newest.get())
    if (!isStoreError(error, 'Compacted')) return error
    this.#source.noteCompaction(await findCompactRevision(this.#members))
    return compacted(revision, Math.max(this.#source.compactRevision, revision + 1))
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    if (this.#isClosed) throw closed()
    signal?.throwIfAborted()
  }
}

/** Read for the revision that comes with the answer; whether the key is there does not matter. As upstream's health check. */
const revisionKey = '/registry/health'

function requireLeaseId(id: string): bigint {
  const etcdId = etcdIdOf(id)
  if (etcdId === undefined) throw leaseNotFound(id)
  return etcdId
}
