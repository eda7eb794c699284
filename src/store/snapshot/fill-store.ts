/**
 * Fills an empty store of any kind, such as an etcd, from a dump by plain transactions. The entries get revisions of that store, which is then
 * brought beyond the dump's, so that no reader of the store that was dumped takes an older state for a newer one.
 */
import { put, remove } from '../single-key.ts'
import type { Entry, PutOperation, Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { Dump } from './dump.ts'

/** As far as etcd lets a transaction grow without being told otherwise. */
const operationCountMax = 100
const transactionBytesMax = 2 ** 20
const inFlightMax = 16
const revisionsInFlightMax = 512
/** Each takes a transaction, of which a store makes some thousand in a second. */
const revisionMax = 10_000_000
/** Revisions beyond the dump's: some were made between the dump and the end of the store that was dumped. */
const revisionMargin = 10_000

export type FillOptions = {
  /** What must be empty; other users' keys may stand beside it. */
  readonly prefix?: string
  /** Leaves the store at the revision it gets by itself. Whoever read the store that was dumped has to be started anew. */
  readonly keepsOwnRevisions?: boolean
  /** Tells how many revisions are still to be made once the entries are there. */
  readonly tellRevisions?: (remaining: number) => void
  readonly signal?: AbortSignal
}

/** Resolves with the store's revision once everything is in it. Fails with Unavailable if the store is not empty. */
export async function fillStore(store: Store, dump: Dump, options: FillOptions = {}): Promise<number> {
  const { prefix = '', keepsOwnRevisions = false, signal } = options
  if (!keepsOwnRevisions) refuseFarRevision(dump.revision)
  const there = await store.count({ prefix }, signal)
  if (there > 0)
    throw new StoreError('Unavailable', `the store is not empty: it has ${there} keys under ${JSON.stringify(prefix)}: use an empty one`)
  const leases = new Map<string, string>()
  const transactions = new InFlight()
  for await (const record of batched(dump, leases, store, signal)) {
    const compares = record.map(({ key }) => ({ key, modRevision: 0 }))
    await transactions.add(
      store.txn({ compares, operations: record }, signal).then(({ succeeded }) => {
        if (!succeeded) throw new StoreError('Unavailable', `somebody else writes to the store, such as ${record[0]?.key}: stop them first`)
      }),
    )
  }
  await transactions.end()
  if (!keepsOwnRevisions) await raiseRevision(store, dump.revision + revisionMargin, options)
  const revision = await store.currentRevision(signal)
  await store.compact(revision, signal)
  return revision
}

function refuseFarRevision(revision: number): void {
  if (revision <= revisionMax) return
  const message = `the objects are of revision ${revision}, which takes too many transactions to reach: stop everything that reads the store, copy with its own revisions, and start all anew`
  throw new StoreError('Invalid', message)
}

async function* batched(
  dump: Dump,
  leases: Map<string, string>,
  store: Store,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly PutOperation[], void> {
  let batch: PutOperation[] = []
  let bytes = 0
  for await (const record of dump.records) {
    if (record.type === 'lease') {
      leases.set(record.lease.id, (await store.grantLease(record.lease.ttlMs, signal)).id)
      continue
    }
    const operation = putOf(record.entry, leases)
    const size = operation.key.length + operation.value.length
    if (batch.length >= operationCountMax || (bytes + size > transactionBytesMax && batch.length > 0)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(operation)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

function putOf({ key, value, leaseId }: Entry, leases: ReadonlyMap<string, string>): PutOperation {
  const lease = leaseId === undefined ? undefined : leases.get(leaseId)
  return { type: 'put', key, value, ...(lease === undefined ? {} : { leaseId: lease }) }
}

/** Beside all that is listed. */
const revisionKey = '/navarch-restore/revision'

async function raiseRevision(store: Store, target: number, { tellRevisions, signal }: FillOptions): Promise<void> {
  const value = new Uint8Array()
  for (;;) {
    const missing = target - (await store.currentRevision(signal))
    tellRevisions?.(Math.max(missing, 0))
    if (missing <= 0) break
    const puts = Array.from({ length: Math.min(missing, 20_000) }, () => () => put(store, revisionKey, value, {}, signal))
    const writer = async (): Promise<void> => {
      for (let next = puts.pop(); next !== undefined; next = puts.pop()) await next()
    }
    await Promise.all(Array.from({ length: revisionsInFlightMax }, writer))
  }
  await remove(store, revisionKey, undefined, signal)
}

/** So many promises at once, and the first failure of any. */
class InFlight {
  readonly #running = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined

  async add(work: Promise<void>): Promise<void> {
    const running = work
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
    if (this.#running.size >= inFlightMax) await Promise.race(this.#running)
    this.#check()
  }

  async end(): Promise<void> {
    await Promise.all(this.#running)
    this.#check()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
