/**
 * A swap whose answer does not come is sent again: when the leader of etcd dies, what was on its way to it is lost, and etcd tells so after seven
 * seconds only. That is safe, because a swap can happen only on the revision that it names: of all that are sent, at most one happens. If one is
 * refused, what is there tells whether an earlier one did; where it does not, the outcome is not known. What makes a key names no revision: were
 * the key deleted between two attempts, both would happen. So that is sent once.
 */
import type { Clock } from '#base/env/clock'
import type { Entry, Txn, TxnResult } from '../store.ts'
import { StoreError } from '../store-error.ts'

export type SwapDeps = {
  readonly clock: Clock
  readonly send: (signal: AbortSignal) => Promise<TxnResult>
  /** The next is to be sent to another member: this one does not answer. */
  readonly turnAway: () => void
  /** What was under a key at a revision. */
  readonly read: (key: string, atRevision: number) => Promise<Entry | undefined>
}

/** Longer than etcd needs for an election, much shorter than it takes to say that a call was lost. */
const repeatAfterMs = 2500
const attemptsMax = 2
/** A failure that comes later than that is not tried again. */
const failLateMs = 4000

/** Whether it may be sent twice: it puts only keys that are there, at the revision that it names. */
export function isRepeatable({ compares, operations }: Txn): boolean {
  const isCompared = (key: string): boolean => compares.some((compare) => compare.key === key && compare.modRevision > 0)
  return operations.length > 0 && operations.every(({ type, key }) => type === 'put' && isCompared(key))
}

type Answer = { readonly result: TxnResult } | { readonly error: unknown }
type Refusal = Extract<TxnResult, { succeeded: false }>

/** Resolves with what came of it. Fails as a single call does; with `isOutcomeUnknown` when nobody can tell. */
export async function repeatedSwap(deps: SwapDeps, txn: Txn, outer?: AbortSignal): Promise<TxnResult> {
  const stop = new AbortController()
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal])
  try {
    return await new Swap(deps, txn, signal).run()
  } finally {
    stop.abort(settled)
  }
}

/** Given as the reason, which is made only once: to make one for every write costs more than the rest of the bookkeeping. */
const settled = new Error('the swap has been answered')

class Swap {
  readonly #deps: SwapDeps
  readonly #txn: Txn
  readonly #signal: AbortSignal
  readonly #pending = new Map<number, Promise<readonly [number, Answer]>>()
  readonly #startMs: number
  #sentCount = 0
  #refusal: Refusal | undefined
  /** Of an attempt of which nobody knows what came of it. */
  #doubt: StoreError | undefined

  constructor(deps: SwapDeps, txn: Txn, signal: AbortSignal) {
    this.#deps = deps
    this.#txn = txn
    this.#signal = signal
    this.#startMs = deps.clock.monotonicMs()
  }

  async run(): Promise<TxnResult> {
    this.#send()
    for (;;) {
      const answer = await this.#next()
      if (answer === undefined) {
        this.#deps.turnAway()
        this.#send()
      } else if ('result' in answer) {
        const result = await this.#settled(answer.result)
        if (result !== undefined) return result
      } else this.#failed(answer.error)
      if (this.#pending.size > 0) continue
      if (this.#doubt !== undefined) throw this.#doubt
      if (this.#refusal !== undefined) return this.#refusal
    }
  }

  #send(): void {
    const number = this.#sentCount++
    const answer = this.#deps.send(this.#signal).then(
      (result): Answer => ({ result }),
      (error: unknown): Answer => ({ error }),
    )
    this.#pending.set(
      number,
      answer.then((one) => [number, one] as const),
    )
  }

  /** The next answer; undefined when it is time to send another. */
  async #next(): Promise<Answer | undefined> {
    const late = Promise.withResolvers<undefined>()
    const isLast = this.#sentCount >= attemptsMax
    // A bare timer: this is on the way of every write.
    using _ = isLast ? undefined : this.#deps.clock.setTimer(repeatAfterMs, () => late.resolve(undefined))
    const first = await Promise.race([...this.#pending.values(), late.promise])
    if (first === undefined) return undefined
    this.#pending.delete(first[0])
    return first[1]
  }

  /** What the caller is told, if that is clear already. */
  async #settled(result: TxnResult): Promise<TxnResult | undefined> {
    if (result.succeeded || this.#sentCount === 1) return result
    const revision = this.#ownRevision(result)
    if (revision !== undefined) return { succeeded: true, revision, previous: await this.#previous(revision) }
    this.#refusal = result
    return undefined
  }

  #failed(error: unknown): void {
    const isDoubtful = error instanceof StoreError && error.isOutcomeUnknown
    const isLate = this.#deps.clock.monotonicMs() - this.#startMs > failLateMs
    if (isDoubtful) this.#doubt ??= error
    // What is not known of one attempt, the next one may tell.
    if (isDoubtful && !isLate && this.#sentCount < attemptsMax) this.#send()
    else if (isDoubtful ? isLate : this.#pending.size === 0 && this.#doubt === undefined) throw error
  }

  /** The revision at which everything that we put came to be there; undefined where something else is there. */
  #ownRevision({ current }: Refusal): number | undefined {
    const { compares, operations } = this.#txn
    const revisions = operations.map((operation) => {
      const entry = current[compares.findIndex(({ key }) => key === operation.key)]
      const isOurs = operation.type === 'put' && entry !== undefined && Buffer.compare(entry.value, operation.value) === 0
      return isOurs ? entry.modRevision : undefined
    })
    return new Set(revisions).size === 1 ? revisions[0] : undefined
  }

  #previous(revision: number): Promise<(Entry | undefined)[]> {
    return Promise.all(this.#txn.operations.map(({ key }) => this.#deps.read(key, revision - 1)))
  }
}
