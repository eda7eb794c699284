/**
 * The embedded default: a store in one SQLite file, for one process on one machine.
 * Reads are answered from memory; a write is answered when SQLite has synced it to disk.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock } from '#base/env/clock'
import { defaultStoreLimits, EmbeddedStore, type StoreLimits } from '../embedded/embedded-store.ts'
import { LeaseTable } from '../embedded/lease-table.ts'
import type { Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { FromWorker, StoredHead } from './message.ts'
import { StateLoader } from './state-loader.ts'
import { WorkerJournal } from './worker-journal.ts'

/** Where the store lies and what it needs. */
export type SqliteStoreOptions = {
  readonly clock: Clock
  /** Made with mode 0700 if it is not there. */
  readonly directory: string
  readonly limits?: Partial<StoreLimits>
}

/** The database's name in its directory. */
export const databaseFileName = 'store.db'

/**
 * Opens the store, making it if need be. The thread starts at once, so call early and await late.
 * Fails with Locked, SchemaTooNew, Corrupt or Unavailable.
 */
export async function openSqliteStore({ clock, directory, limits }: SqliteStoreOptions): Promise<Store> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: join(directory, databaseFileName) })
  const loader = new StateLoader()
  const head = await load(worker, loader)
  const leases = new LeaseTable()
  // The time a lease had left is not known: as with etcd's new leader, it gets its whole time again.
  for (const { id, ttlMs } of head.leases) leases.grant({ id: String(id), ttlMs }, clock.monotonicMs())
  return new EmbeddedStore({
    clock,
    journal: new WorkerJournal(worker, head.sizeBytes),
    state: loader.finish(head, leases),
    leases,
    nextLeaseNumber: head.nextLeaseNumber,
    limits: { ...defaultStoreLimits, ...limits },
    gather: setImmediate,
  })
}

async function load(worker: Worker, loader: StateLoader): Promise<StoredHead> {
  const { promise, resolve, reject } = Promise.withResolvers<StoredHead>()
  const onMessage = (message: FromWorker): void => {
    if (message.type === 'rows') loader.take(message.rows)
    if (message.type === 'opened') resolve(message)
    if (message.type === 'failed') reject(new StoreError(message.reason, message.message))
  }
  const onExit = (): void => reject(new StoreError('Unavailable', 'the database thread ended before the store was open'))
  worker.on('message', onMessage).on('error', reject).on('exit', onExit)
  try {
    return await promise
  } finally {
    worker.off('message', onMessage).off('error', reject).off('exit', onExit)
  }
}
