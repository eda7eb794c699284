/** Everything that ever happened in a store, taken from a watch of all its keys: what any recovered state is compared with. */
import assert from 'node:assert/strict'
import type { Entry, Store, StoreEvent, Watch } from '#store/store'

export class Witness {
  #events: StoreEvent[] = []
  #revision = 0

  /** Reads the watch until it ends, which it does quietly when it is returned. */
  async follow(watch: Watch): Promise<void> {
    for await (const { events, revision } of watch) {
      this.#events.push(...events)
      this.#revision = revision
    }
  }

  /** Everything up to here has been seen. */
  get revision(): number {
    return this.#revision
  }

  /** Forgets what came after the revision: a cut has undone it. */
  rewind(revision: number): void {
    this.#events = this.#events.filter((event) => event.revision <= revision)
    this.#revision = revision
  }

  /** The entries at a revision, in order of key. */
  stateAt(revision: number): Entry[] {
    const state = new Map<string, Entry>()
    for (const event of this.#events) {
      if (event.revision > revision) break
      if (event.type === 'put') state.set(event.key, event.entry)
      else state.delete(event.key)
    }
    return [...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  eventsBetween(after: number, upTo: number): StoreEvent[] {
    return this.#events.filter(({ revision }) => revision > after && revision <= upTo)
  }
}

/** What had been acknowledged, and so must be there. */
export type Acknowledged = {
  readonly revision: number
  readonly compactRevision: number
  /** Leases granted for sure and not asked to be revoked. */
  readonly leases: ReadonlySet<string>
  readonly revokedLeases: ReadonlySet<string>
  /** Every lease ever granted: none of their ids may be given again. */
  readonly grantedLeases: ReadonlySet<string>
}

/** What else is known about the run. */
export type RecoveryOptions = {
  /** No call failed, so whatever is on disk beyond what was acknowledged has been seen by the witness later on. */
  readonly isExact: boolean
}

/**
 * Checks that the store is in a state that it has truly been in, no older than what was acknowledged, and that it goes on from there.
 * Gives the revision that it came back with.
 */
export async function checkRecovered(
  store: Store,
  witness: Witness,
  acknowledged: Acknowledged,
  { isExact }: RecoveryOptions,
): Promise<number> {
  const { revision, compactRevision } = await store.status()
  assert.ok(
    revision >= acknowledged.revision,
    `revision ${acknowledged.revision} was acknowledged, the store is at ${revision}: it is lost`,
  )
  if (isExact)
    assert.ok(revision <= witness.revision, `the store is at revision ${revision}, which never was: the last was ${witness.revision}`)
  assert.ok(compactRevision >= acknowledged.compactRevision, `compaction to ${acknowledged.compactRevision} was acknowledged and is undone`)
  await checkContent(store, witness, { compactRevision, settledRevision: isExact ? revision : acknowledged.revision })
  for (const id of acknowledged.leases) assert.ok((await store.lease(id)) !== undefined, `lease ${id} was granted and is lost`)
  for (const id of acknowledged.revokedLeases) assert.equal(await store.lease(id), undefined, `lease ${id} was revoked and is back`)
  await checkGoesOn(store, revision, acknowledged.grantedLeases)
  return revision
}

type Known = {
  readonly compactRevision: number
  /** Up to here, the store must hold what the witness saw. Beyond, a write whose failure was told may be there all the same. */
  readonly settledRevision: number
}

async function checkContent(store: Store, witness: Witness, { compactRevision, settledRevision }: Known): Promise<void> {
  // A store that was short of room has compacted by itself, and nobody knows the state that it kept.
  if (settledRevision < compactRevision) return
  const { entries } = await store.range({ prefix: '', atRevision: settledRevision })
  assert.deepEqual(entries.map(comparable), witness.stateAt(settledRevision).map(comparable), `the state at revision ${settledRevision}`)
  const events: StoreEvent[] = []
  for await (const batch of store.watch({ prefix: '', afterRevision: compactRevision })) {
    events.push(...batch.events)
    if (batch.revision >= settledRevision) break
  }
  const settled = events.filter((event) => event.revision <= settledRevision)
  const expected = witness.eventsBetween(compactRevision, settledRevision)
  assert.deepEqual(settled.map(comparableEvent), expected.map(comparableEvent), `the history after the compaction to ${compactRevision}`)
}

async function checkGoesOn(store: Store, revision: number, grantedLeases: ReadonlySet<string>): Promise<void> {
  const value = new TextEncoder().encode('after the fault')
  const written = await store.txn({ compares: [], operations: [{ type: 'put', key: '/after', value }] })
  assert.equal(written.revision, revision + 1, 'the first write afterwards takes the next revision')
  assert.deepEqual((await store.get('/after'))?.value, value)
  const { id } = await store.grantLease(1000)
  assert.ok(!grantedLeases.has(id), `lease id ${id} is given a second time`)
}

function comparable({ value, ...rest }: Entry) {
  return { ...rest, value: Buffer.from(value).toString('latin1') }
}

function comparableEvent(event: StoreEvent) {
  const entry = event.type === 'put' ? comparable(event.entry) : undefined
  return { type: event.type, key: event.key, revision: event.revision, entry, previous: event.previous && comparable(event.previous) }
}
