/**
 * A store whose whole state lies in this process, made durable by a journal.
 *
 * Writes are committed in groups: all that arrive while a commit runs are drafted together on the durable state and go into the next one.
 * Only when the journal has a group is it applied, published to the watches and answered, in one step without an await;
 * if the journal refuses, the draft is dropped, its writes fail, and the next group starts from the unchanged state. Until one goes through,
 * the journal is asked now and then whether it can go on.
 */
import type { Clock } from '#base/env/clock'
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
import { closed, isStoreError } from '../store-error.ts'
import { Draft } from './draft.ts'
import { EmbeddedWatch, type WatchLimits } from './embedded-watch.ts'
import type { Journal, JournalBatch } from './journal.ts'
import type { LeaseTable } from './lease-table.ts'
import type { VersionedState } from './versioned-state.ts'
import { WatchHub } from './watch-hub.ts'

/** What an embedded store is made of. */
export type EmbeddedStoreDeps = {
  readonly clock: Clock
  readonly journal: Journal
  /** The durable state at start; from now on the store's own. */
  readonly state: VersionedState
  readonly leases: LeaseTable
  /** The number the next lease gets. */
  readonly nextLeaseNumber: number
  readonly limits: StoreLimits
  /** Runs the function soon: what is written until then shares one commit. */
  readonly gather: (run: () => void) => void
}

/** How large things may grow. */
export type StoreLimits = WatchLimits & {
  /** Bytes of current keys and values beyond which puts are refused with StoreFull. */
  readonly liveBytesMax: number
  /** Remembered changes beyond which the older half is compacted even if nobody asks. */
  readonly historyLengthMax: number
  /** The same, by the bytes that history takes beside what is current. */
  readonly historyBytesMax: number
}

export const defaultStoreLimits: StoreLimits = {
  liveBytesMax: 8 * 2 ** 30,
  historyLengthMax: 1_000_000,
  historyBytesMax: 512 * 2 ** 20,
  queuedEventsMax: 20_000,
  queuedBytesMax: 64 * 2 ** 20,
}

/** A write that waits for its group. */
type PendingWrite = {
  /** Drafts the write and gives what answers it once the draft is durable. */
  readonly draft: (draft: Draft) => () => void
  readonly reject: (error: unknown) => void
}

const groupLengthMax = 4096
const groupBytesMax = 4 * 2 ** 20
/** Small, so that the writes that share a commit with a step hardly notice. */
const compactionStepLength = 100
/** How often a journal that refuses is asked again. */
const probeIntervalMs = 1000

export class EmbeddedStore implements Store {
  readonly #deps: EmbeddedStoreDeps
  readonly #hub = new WatchHub()
  readonly #watches = new Set<EmbeddedWatch>()
  #queue: PendingWrite[] = []
  #isPumping = false
  #idle: PromiseWithResolvers<void> | undefined
  #isClosed = false
  #isTrimming = false
  #degraded: string | undefined
  /** Bytes that were held when a put was refused for the limit. */
  #refusedAtBytes = Number.POSITIVE_INFINITY
  #probeTimer: Disposable | undefined
  #nextLeaseNumber: number
  #leaseTimer: Disposable | undefined

  constructor(deps: EmbeddedStoreDeps) {
    this.#deps = deps
    this.#nextLeaseNumber = deps.nextLeaseNumber
    this.#armLeaseTimer()
  }

  async get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    this.#checkOpen(signal)
    return this.#deps.state.get(key)
  }

  async range(request: RangeRequest, signal?: AbortSignal): Promise<RangeResult> {
    this.#checkOpen(signal)
    return this.#deps.state.range(request)
  }

  async count(range: KeyRange, signal?: AbortSignal): Promise<number> {
    this.#checkOpen(signal)
    return this.#deps.state.count(range)
  }

  async txn(txn: Txn, signal?: AbortSignal): Promise<TxnResult> {
    this.#checkOpen(signal)
    return this.#write((draft) => draft.txn(txn))
  }

  watch(request: WatchRequest, signal?: AbortSignal): Watch {
    const { state, clock, limits } = this.#deps
    const onEnd = (ended: EmbeddedWatch): void => void this.#watches.delete(ended)
    const watch = new EmbeddedWatch({ state, clock, limits, hub: this.#hub, onEnd }, request, signal)
    if (this.#isClosed) watch.fail(closed())
    else if (signal?.aborted !== true) this.#watches.add(watch)
    return watch
  }

  async currentRevision(signal?: AbortSignal): Promise<number> {
    this.#checkOpen(signal)
    return this.#deps.state.revision
  }

  async compact(revision: number, signal?: AbortSignal): Promise<void> {
    this.#checkOpen(signal)
    while (this.#deps.state.compactRevision < revision) {
      signal?.throwIfAborted()
      await this.#write((draft) => draft.compact(revision, compactionStepLength))
    }
  }

  async grantLease(ttlMs: number, signal?: AbortSignal): Promise<Lease> {
    this.#checkOpen(signal)
    const lease = { id: String(this.#nextLeaseNumber++), ttlMs }
    return this.#write((draft) => draft.grantLease(lease))
  }

  async lease(id: string, signal?: AbortSignal): Promise<Lease | undefined> {
    this.#checkOpen(signal)
    return this.#deps.leases.get(id)
  }

  async keepLeaseAlive(id: string, signal?: AbortSignal): Promise<Lease> {
    this.#checkOpen(signal)
    return this.#deps.leases.keepAlive(id, this.#deps.clock.monotonicMs())
  }

  async revokeLease(id: string, signal?: AbortSignal): Promise<void> {
    this.#checkOpen(signal)
    return this.#write((draft) => draft.revokeLease(id))
  }

  async status(signal?: AbortSignal): Promise<StoreStatus> {
    this.#checkOpen(signal)
    const { state, journal } = this.#deps
    return {
      revision: state.revision,
      compactRevision: state.compactRevision,
      keyCount: state.keyCount,
      liveBytes: state.liveBytes,
      sizeBytes: journal.sizeBytes() ?? state.heldBytes,
      degraded: this.#degraded ?? this.#limitAlarm(),
    }
  }

  async verify(signal?: AbortSignal): Promise<readonly string[]> {
    this.#checkOpen(signal)
    return await this.#deps.journal.verify(signal)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#leaseTimer?.[Symbol.dispose]()
    this.#probeTimer?.[Symbol.dispose]()
    if (this.#isPumping) {
      this.#idle = Promise.withResolvers()
      await this.#idle.promise
    }
    for (const watch of this.#watches) watch.fail(closed())
    await this.#deps.journal.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    if (this.#isClosed) throw closed()
    signal?.throwIfAborted()
  }

  #write<T>(write: (draft: Draft) => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      const draft = (into: Draft) => {
        const answer = write(into)
        return () => resolve(answer)
      }
      this.#queue.push({ draft, reject })
      if (this.#isPumping) return
      this.#isPumping = true
      this.#deps.gather(() => void this.#pump())
    })
  }

  /** Commits group after group until nothing waits. Never rejects: each write hears of its own failure. */
  async #pump(): Promise<void> {
    while (this.#queue.length > 0) await this.#commitGroup()
    this.#isPumping = false
    this.#idle?.resolve()
  }

  async #commitGroup(): Promise<void> {
    const { state, leases, limits, journal } = this.#deps
    const shortage = journal.shortage()
    const draft = new Draft({ state, leases, liveBytesMax: limits.liveBytesMax, shortage })
    const group = this.#draftGroup(draft)
    try {
      if (!draft.isEmpty) await this.#makeDurable(draft.batch, journal)
    } catch (error) {
      // Once more, now that there is no room: what makes some goes through, the rest is refused.
      if (isStoreError(error, 'StoreFull') && shortage === undefined && journal.shortage() !== undefined)
        this.#queue.unshift(...group.map(({ write }) => write))
      else for (const { write } of group) write.reject(error)
      return
    }
    for (const { answer } of group) answer()
  }

  /** Drafts what waits, up to the limits of a group. A write that may not be made is answered at once. */
  #draftGroup(draft: Draft): { write: PendingWrite; answer: () => void }[] {
    const group: { write: PendingWrite; answer: () => void }[] = []
    let taken = 0
    for (const write of this.#queue) {
      if (taken >= groupLengthMax || draft.writtenBytes > groupBytesMax) break
      taken++
      try {
        group.push({ write, answer: write.draft(draft) })
      } catch (error) {
        if (isStoreError(error, 'StoreFull') && this.#degraded === undefined) this.#refusedAtBytes = this.#deps.state.liveBytes
        write.reject(error)
      }
    }
    this.#queue = this.#queue.slice(taken)
    return group
  }

  async #makeDurable(batch: JournalBatch, journal: Journal): Promise<void> {
    try {
      await journal.commit(batch)
    } catch (error) {
      this.#degrade(error instanceof Error ? error.message : String(error))
      throw error
    }
    this.#degrade(journal.shortage())
    this.#apply(batch)
  }

  /** Undefined when all is well again. */
  #degrade(why: string | undefined): void {
    this.#degraded = why
    if (why === undefined || this.#probeTimer !== undefined || this.#isClosed) return
    this.#probeTimer = this.#deps.clock.setTimer(probeIntervalMs, () => void this.#probe())
  }

  /** Asks the journal whether it can go on, in the place of a group. Never rejects: what is wrong stands in the status. */
  async #probe(): Promise<void> {
    this.#probeTimer = undefined
    const { journal, state } = this.#deps
    if (this.#degraded === undefined || this.#isClosed) return
    // What was deleted takes room until it is forgotten, and no reader's past is worth a store that cannot be written to.
    if (journal.shortage() !== undefined) await this.compact(state.revision).catch(() => undefined)
    if (this.#isPumping || this.#isClosed) return this.#degrade(this.#degraded)
    this.#isPumping = true
    try {
      await journal.probe()
      this.#degrade(journal.shortage())
    } catch (error) {
      this.#degrade(error instanceof Error ? error.message : String(error))
    }
    await this.#pump()
  }

  /** The size limit is reached, and nothing was deleted since. */
  #limitAlarm(): string | undefined {
    const { state, limits } = this.#deps
    if (this.#refusedAtBytes === Number.POSITIVE_INFINITY) return undefined
    return `the store holds ${state.liveBytes} bytes and has refused what would take it over its limit of ${limits.liveBytesMax}: delete something or raise the limit`
  }

  #apply(batch: JournalBatch): void {
    const { state, leases, clock } = this.#deps
    for (const lease of batch.grantedLeases) leases.grant(lease, clock.monotonicMs())
    const events = batch.changes.map(({ event }) => event)
    for (const event of events) leases.apply(event)
    for (const id of batch.revokedLeases) leases.revoke(id)
    state.apply(batch.changes, batch.revision)
    if (batch.compaction !== undefined) state.compact(batch.compaction.revision)
    if (state.liveBytes < this.#refusedAtBytes) this.#refusedAtBytes = Number.POSITIVE_INFINITY
    if (batch.grantedLeases.length > 0) this.#armLeaseTimer()
    this.#hub.publish(events, batch.revision)
    this.#trimHistory()
  }

  /** Bounds memory if nobody compacts. */
  #trimHistory(): void {
    const { state, limits } = this.#deps
    const isWithin = state.historyLength <= limits.historyLengthMax && state.heldBytes - state.liveBytes <= limits.historyBytesMax
    if (this.#isTrimming || isWithin) return
    this.#isTrimming = true
    const revision = state.compactionStep(state.revision, Math.ceil(state.historyLength / 2))
    const finish = (): void => {
      this.#isTrimming = false
    }
    // A failure leaves the history as it is; the next write tries again and its caller hears what is wrong.
    this.compact(revision).then(finish, finish)
  }

  #armLeaseTimer(): void {
    this.#leaseTimer?.[Symbol.dispose]()
    this.#leaseTimer = undefined
    const { leases, clock } = this.#deps
    const deadlineMs = leases.nextDeadlineMs()
    if (deadlineMs === undefined || this.#isClosed) return
    const delayMs = Math.max(deadlineMs - clock.monotonicMs(), leaseCheckMsMin)
    this.#leaseTimer = clock.setTimer(delayMs, () => void this.#expireLeases())
  }

  async #expireLeases(): Promise<void> {
    const { leases, clock } = this.#deps
    // Asked again when drafted: a lease kept alive in the meantime lives on.
    const expire = (id: string) => (draft: Draft) => {
      if (leases.expired(clock.monotonicMs()).includes(id)) draft.revokeLease(id)
    }
    const expired = leases.expired(clock.monotonicMs())
    // What could not be revoked is still expired, and is tried again when the timer fires next.
    await Promise.allSettled(expired.map((id) => this.#write(expire(id))))
    this.#armLeaseTimer()
  }
}

/** Leases are looked at no more often than this, also when revoking them keeps failing. */
const leaseCheckMsMin = 100
