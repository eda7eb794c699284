/**
 * One client of a workload: it makes one call after the other, chosen by chance, and remembers what it learned as a real client would,
 * so that what it expects may be stale. It never fails: what a store refuses or breaks off stands in the history.
 */
import { type Clock, sleep } from '#base/env/clock'
import type { Random } from '#base/env/random'
import { create, put, remove, update } from '../single-key.ts'
import type { Compare, Entry, Operation, Store, Watch, WatchRequest } from '../store.ts'

/** What a client may do next. */
export type Action =
  | 'update'
  | 'create'
  | 'delete'
  | 'put'
  | 'txn'
  | 'get'
  | 'range'
  | 'pages'
  | 'count'
  | 'currentRevision'
  | 'listThenWatch'
  | 'watchFromOld'
  | 'compact'
  | 'putWithLease'
  | 'keepLeaseAlive'
  | 'revokeLease'
  | 'vanish'

/** How often each action is chosen, relative to the others. */
export type Mix = Readonly<Partial<Record<Action, number>>>

/** What a client works with. */
export type WorkloadClientDeps = {
  /** The store as this client sees it, recorded. */
  readonly store: Store
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly keys: readonly string[]
  readonly mix: Mix
  readonly leaseMs: number
  /** The revision up to which the run's log is complete: nothing younger may be compacted. */
  readonly logRevision: () => number
  /** Takes what goes on in the background: it is waited for when the run ends. */
  readonly background: (work: Promise<unknown>) => void
}

/** Pages of one list that a client reads: more than there are, unless the store leads it in a circle. */
const pagesMax = 100

/** Watches that one client reads at a time. */
const followedMax = 4

export class WorkloadClient {
  readonly #deps: WorkloadClientDeps
  /** What this client believes: the revision of each key, 0 if it is not there. */
  readonly #known = new Map<string, number>()
  #leases: string[] = []
  #followed = new Set<Watch>()
  #values = 0
  /** Ends when the client vanishes, and with it all it had under way. */
  #life = new AbortController()

  constructor(deps: WorkloadClientDeps) {
    this.#deps = deps
  }

  /** One action. Gives whether the store answered. */
  async act(): Promise<boolean> {
    try {
      await this.#actions[this.#choose()]()
      return true
    } catch {
      return false
    }
  }

  /** Asks the watches for what they still have, and leaves them. */
  async leave(): Promise<void> {
    for (const watch of this.#followed) watch.requestProgress()
    await Promise.resolve()
    this.#life.abort()
  }

  readonly #actions: Readonly<Record<Action, () => Promise<unknown>>> = {
    update: () => this.#update(this.#key()),
    create: () => this.#learn(create(this.#store, this.#key(), this.#value(), {}, this.#signal)),
    delete: () => this.#delete(this.#key()),
    put: () => put(this.#store, this.#key(), this.#value(), {}, this.#signal),
    txn: () => this.#txn(),
    get: () => this.#get(this.#key()),
    range: () => this.#store.range({ prefix: this.#prefix() }, this.#signal),
    pages: () => this.#pages(),
    count: () => this.#store.count({ prefix: this.#prefix() }, this.#signal),
    currentRevision: () => this.#store.currentRevision(this.#signal),
    listThenWatch: () => this.#listThenWatch(),
    watchFromOld: () => this.#watchFromOld(),
    compact: () => this.#compact(),
    putWithLease: () => this.#putWithLease(),
    keepLeaseAlive: () => this.#useLease((id) => this.#store.keepLeaseAlive(id, this.#signal)),
    revokeLease: () => this.#useLease((id) => this.#store.revokeLease(id, this.#signal)),
    vanish: () => this.#vanish(),
  }

  get #store(): Store {
    return this.#deps.store
  }

  get #signal(): AbortSignal {
    return this.#life.signal
  }

  async #get(key: string): Promise<number> {
    const entry = await this.#store.get(key, this.#signal)
    this.#remember(key, entry)
    return entry?.modRevision ?? 0
  }

  async #update(key: string): Promise<void> {
    const modRevision = this.#known.get(key) ?? (await this.#get(key))
    if (modRevision === 0) await this.#learn(create(this.#store, key, this.#value(), {}, this.#signal))
    else await this.#learn(update(this.#store, key, this.#value(), { modRevision }, this.#signal))
  }

  async #delete(key: string): Promise<void> {
    const modRevision = this.#known.get(key)
    const expected = modRevision === undefined || modRevision === 0 ? undefined : { modRevision }
    await remove(this.#store, key, expected, this.#signal)
    this.#known.delete(key)
  }

  /** After a conflict the client knows better, after a success it forgets at times: so that some of its updates are stale. */
  async #learn(outcome: ReturnType<typeof create>): Promise<void> {
    const result = await outcome
    const entry = result.succeeded ? result.previous : result.current
    if (entry === undefined) return
    if (result.succeeded) this.#known.set(entry.key, this.#chance(0.9) ? result.revision : entry.modRevision)
    else this.#remember(entry.key, entry)
  }

  async #txn(): Promise<void> {
    const keys = [...new Set(Array.from({ length: 2 + this.#below(4) }, () => this.#key()))]
    const operations = keys.map(
      (key): Operation => (this.#chance(0.75) ? { type: 'put', key, value: this.#value() } : { type: 'delete', key }),
    )
    const compared = this.#chance(0.5) ? keys.slice(0, 2) : []
    const compares: Compare[] = []
    for (const key of compared) compares.push({ key, modRevision: this.#known.get(key) ?? (await this.#get(key)) })
    const result = await this.#store.txn({ compares, operations }, this.#signal)
    if (!result.succeeded) for (const [i, entry] of result.current.entries()) this.#remember(compares[i]?.key ?? '', entry)
  }

  async #pages(): Promise<void> {
    const request = { prefix: this.#prefix(), limit: 1 + this.#below(5) }
    let page = await this.#store.range(request, this.#signal)
    const { revision } = page
    for (let pages = 1; page.remaining > 0 && page.entries.length > 0 && pages < pagesMax; pages++) {
      if (this.#chance(0.3)) await this.#pause()
      const afterKey = page.entries.at(-1)?.key
      page = await this.#store.range({ ...request, afterKey, atRevision: revision }, this.#signal)
    }
  }

  async #listThenWatch(): Promise<void> {
    const prefix = this.#prefix()
    const { revision, entries } = await this.#store.range({ prefix }, this.#signal)
    for (const entry of entries) this.#remember(entry.key, entry)
    this.#follow({ prefix, afterRevision: revision })
  }

  async #watchFromOld(): Promise<void> {
    const revision = await this.#store.currentRevision(this.#signal)
    if (this.#chance(0.2)) this.#follow({ prefix: this.#prefix() })
    else this.#follow({ prefix: this.#prefix(), afterRevision: Math.max(1, revision - this.#below(200)) })
  }

  /** Reads a watch in the background, slowly at times, for a while or to the end. */
  #follow(request: WatchRequest): void {
    if (this.#followed.size >= followedMax) return
    const watch = this.#store.watch(request, this.#signal)
    this.#followed.add(watch)
    this.#deps.background(this.#read(watch, 1 + this.#below(200)))
  }

  async #read(watch: Watch, batchesMax: number): Promise<void> {
    const pauses = this.#chance(0.3)
    let batches = 0
    try {
      for await (const batch of watch) {
        if (++batches >= batchesMax) break
        if (batch.events.length === 0) watch.requestProgress()
        if (batch.events.length === 0 || pauses) await this.#pause()
      }
    } catch {
      // Why the watch ended stands in the history.
    } finally {
      this.#followed.delete(watch)
    }
  }

  async #compact(): Promise<void> {
    const revision = this.#deps.logRevision() - this.#below(50)
    if (revision > 1) await this.#store.compact(revision, this.#signal)
  }

  async #putWithLease(): Promise<void> {
    const old = this.#chance(0.7) ? this.#leases.at(-1) : undefined
    const id = old ?? (await this.#store.grantLease(this.#deps.leaseMs, this.#signal)).id
    if (old === undefined) this.#leases.push(id)
    const keys = new Set(Array.from({ length: 1 + this.#below(3) }, () => this.#key()))
    const operations = Array.from(keys, (key): Operation => ({ type: 'put', key, value: this.#value(), leaseId: id }))
    await this.#orForget(id, this.#store.txn({ compares: [], operations }, this.#signal))
  }

  async #useLease(use: (id: string) => Promise<unknown>): Promise<void> {
    const id = this.#leases[this.#below(this.#leases.length)]
    if (id !== undefined) await this.#orForget(id, use(id))
  }

  async #orForget(leaseId: string, use: Promise<unknown>): Promise<void> {
    try {
      await use
    } catch (error) {
      this.#leases = this.#leases.filter((id) => id !== leaseId)
      throw error
    }
  }

  /** Leaves in the middle of a write and of all watches, and comes back knowing nothing. */
  async #vanish(): Promise<void> {
    const abandoned = this.#txn()
    this.#deps.background(abandoned)
    this.#life.abort()
    this.#life = new AbortController()
    this.#known.clear()
    this.#leases = []
    this.#followed = new Set()
  }

  #remember(key: string, entry: Entry | undefined): void {
    this.#known.set(key, entry?.modRevision ?? 0)
  }

  /** Different from every other value of the run; a few are large. */
  #value(): Uint8Array {
    const mark = `${this.#deps.name}:${++this.#values}`
    return new TextEncoder().encode(this.#chance(0.01) ? mark.padEnd(this.#below(50_000), '.') : mark)
  }

  #choose(): Action {
    const weights = Object.entries(this.#deps.mix)
    let rest = this.#deps.random.float() * weights.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [action, weight] of weights) {
      rest -= weight
      if (rest < 0 && isAction(action, this.#actions)) return action
    }
    return 'get'
  }

  #pause(): Promise<void> {
    return sleep(this.#deps.clock, this.#below(20), this.#signal)
  }

  #key(): string {
    return this.#deps.keys[this.#below(this.#deps.keys.length)] ?? ''
  }

  /** A prefix of some key: of all, of its folder, or of a part of its name. */
  #prefix(): string {
    const key = this.#key()
    const folder = key.slice(0, key.lastIndexOf('/') + 1)
    return [folder, folder, '', key.slice(0, -1)][this.#below(4)] ?? ''
  }

  #chance(probability: number): boolean {
    return this.#deps.random.float() < probability
  }

  #below(count: number): number {
    return Math.floor(this.#deps.random.float() * count)
  }
}

function isAction(name: string, actions: Readonly<Record<Action, unknown>>): name is Action {
  return name in actions
}
