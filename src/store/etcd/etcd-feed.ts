/**
 * All changes of the whole store from a revision on, once and in order, through lost connections and members.
 *
 * One watch of etcd over all keys. As every revision changes some key, having seen a revision means having seen everything up to it:
 * the feed's own position is the progress of all who read from it, and no notification of etcd is needed for that.
 */
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { GrpcError, isGrpcError } from '#net/grpc/grpc-error'
import type { StoreEvent } from '../store.ts'
import { compacted, futureRevision, isStoreError, StoreError } from '../store-error.ts'
import { allKeys, lacksPrevious, storeEventOf } from './etcd-entry.ts'
import { storeErrorOf, verdictOf } from './etcd-error.ts'
import type { EtcdMember, EtcdMembers } from './etcd-members.ts'
import type { EtcdEvent, EtcdId, EtcdWatchResponse } from './etcd-rpc.ts'

/** Who takes the changes. */
export interface FeedReader {
  /** Whole revisions. The next come when what it returns is settled. */
  take(events: readonly StoreEvent[], revision: number): void | Promise<void>
  /** No more will come: Compacted, FutureRevision (an older state was restored), or etcd will not let us watch. */
  fail(error: unknown): void
}

export interface FeedDeps {
  readonly members: EtcdMembers
  readonly clock: Clock
  readonly log: Log
  /** A linearizable read, shared with others. */
  readonly currentRevision: () => Promise<number>
}

const createdMsMax = 5000
/** How long a change that is known to be there may take to arrive. Pings find a lost member only after several times that. */
const arrivalMsMax = 1500
const retryAfterMsMin = 20
const retryAfterMsMax = 1000

export class EtcdFeed implements Disposable {
  readonly #deps: FeedDeps
  readonly #reader: FeedReader
  readonly #stop = new AbortController()
  #attempt: AbortController | undefined
  #expectation: Disposable | undefined
  #clusterId: EtcdId | undefined
  #revision: number
  /** Changes of a revision of which more may come. */
  #unfinished: StoreEvent[] = []
  /** Whether the watch begins at the position itself, so that etcd notices if that is compacted; what it sends of it is dropped. */
  #isInclusive: boolean

  /** `isNewest`: there was nothing newer a moment ago, so that etcd need not look into its history. */
  constructor(deps: FeedDeps, start: { readonly afterRevision: number; readonly isNewest: boolean }, reader: FeedReader) {
    this.#deps = deps
    this.#reader = reader
    // The first write makes revision 2.
    this.#revision = Math.max(start.afterRevision, 1)
    this.#isInclusive = !start.isNewest
  }

  /** Everything up to it has been taken. */
  get revision(): number {
    return this.#revision
  }

  /** The revision is there already: a member that sends nothing for a while then is taken for lost. */
  expect(revision: number): void {
    if (revision <= this.#revision || this.#expectation !== undefined) return
    const position = this.#revision
    this.#expectation = this.#deps.clock.setTimer(arrivalMsMax, () => {
      this.#expectation = undefined
      if (this.#revision !== position) return
      this.#attempt?.abort(new GrpcError('Unavailable', `a change that is there did not arrive within ${arrivalMsMax} ms`))
    })
  }

  /** Runs until it is disposed of or has failed. */
  async run(): Promise<void> {
    const { clock, members, log } = this.#deps
    const { signal } = this.#stop
    for (let delayMs = retryAfterMsMin; !signal.aborted; delayMs = Math.min(2 * delayMs, retryAfterMsMax)) {
      const member = members.current
      const startRevision = this.#revision
      const metadata = await members.metadata().catch(() => undefined)
      try {
        if (metadata !== undefined) await this.#follow(member, metadata)
      } catch (error) {
        if (signal.aborted) return
        if (isFinal(error)) return this.#reader.fail(isGrpcError(error) ? storeErrorOf(error) : error)
        log.debug('the watch of etcd was lost and is opened again', { member: member.url, revision: this.#revision, error: String(error) })
        if (metadata !== undefined && isGrpcError(error) && verdictOf(error) === 'log-in') await this.#logIn(metadata)
        else members.giveUp(member, error)
      }
      if (this.#revision > startRevision) delayMs = retryAfterMsMin
      await sleep(clock, delayMs, signal).catch(() => undefined)
    }
  }

  [Symbol.dispose](): void {
    this.#expectation?.[Symbol.dispose]()
    this.#stop.abort()
  }

  async #logIn(metadata: Readonly<Record<string, string>>): Promise<void> {
    // If that fails the next attempt says why.
    await this.#deps.members.renewToken(metadata).catch(() => undefined)
  }

  async #follow(member: EtcdMember, metadata: Readonly<Record<string, string>>): Promise<void> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const signal = AbortSignal.any([this.#stop.signal, attempt.signal])
    const late = new GrpcError('DeadlineExceeded', `no answer to a watch request within ${createdMsMax} ms`)
    using timer = this.#deps.clock.setTimer(createdMsMax, () => attempt.abort(late))
    this.#unfinished = []
    const call = member.watch.watch({ signal, metadata })
    const startRevision = this.#isInclusive ? this.#revision : this.#revision + 1
    call.send({ createRequest: { ...allKeys, startRevision, prevKv: true, fragment: true } })
    for await (const response of call) {
      if (response.canceled) throw this.#cancellation(response)
      if (response.created) {
        timer[Symbol.dispose]()
        await this.#requireSameHistory(response)
        if (!this.#isInclusive && (response.header?.revision ?? 0) > this.#revision) {
          // Changes came in between: only history tells whether they are still there.
          this.#isInclusive = true
          return
        }
        this.#isInclusive = true
      } else await this.#take(response)
    }
    throw new GrpcError('Unavailable', 'etcd ended the watch')
  }

  /**
   * What was told must still be so. A member may lag behind us; if all of them do, or the cluster is another, an older state was restored
   * and its history is not ours.
   */
  async #requireSameHistory({ header }: EtcdWatchResponse): Promise<void> {
    const { clusterId, revision = 0 } = header ?? {}
    this.#clusterId ??= clusterId
    if (this.#clusterId !== clusterId) throw compacted(this.#revision, revision)
    if (revision >= this.#revision) return
    const now = await this.#deps.currentRevision()
    if (now < this.#revision) throw futureRevision(this.#revision, now)
  }

  #cancellation({ compactRevision, cancelReason }: EtcdWatchResponse): Error {
    if (compactRevision > 0) return compacted(this.#revision, compactRevision)
    return new GrpcError(/permission denied/.test(cancelReason) ? 'PermissionDenied' : 'Unavailable', cancelReason)
  }

  async #take({ events, fragment }: EtcdWatchResponse): Promise<void> {
    for (const event of events) {
      // Changes up to the position were seen before the watch was opened again.
      if ((event.kv?.modRevision ?? 0) <= this.#revision) continue
      this.#unfinished.push(storeEventOf(lacksPrevious(event) ? await this.#withPrevious(event) : event))
    }
    const last = this.#unfinished.at(-1)?.revision
    if (last === undefined) return
    const whole = fragment ? this.#unfinished.filter(({ revision }) => revision < last) : this.#unfinished
    this.#unfinished = fragment ? this.#unfinished.filter(({ revision }) => revision === last) : []
    const revision = whole.at(-1)?.revision
    // What had arrived before the feed was disposed of is another's to tell by now.
    if (revision === undefined || this.#stop.signal.aborted) return
    // Before it is taken: whoever takes it may ask where we stand.
    this.#revision = revision
    const taken = this.#reader.take(whole, revision)
    if (taken !== undefined) await taken
  }

  /** A change that falls into the moment in which etcd opens a watch comes without what was before. */
  async #withPrevious(event: EtcdEvent): Promise<EtcdEvent> {
    const { key = '', modRevision = 0 } = event.kv ?? {}
    const request = { key, revision: modRevision - 1 }
    try {
      const { kvs } = await this.#deps.members.read((member, options) => member.kv.range(request, options), this.#stop.signal)
      return { ...event, prevKv: kvs[0] }
    } catch (error) {
      throw isStoreError(error, 'Compacted') ? compacted(modRevision - 1, modRevision) : error
    }
  }
}

function isFinal(error: unknown): boolean {
  if (error instanceof StoreError) return error.reason === 'Compacted' || error.reason === 'FutureRevision'
  return error instanceof GrpcError ? verdictOf(error) === 'final' : true
}
