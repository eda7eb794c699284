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
import type { FromWorker, StoredHead, WorkerSettings } from './message.ts'
import { StateLoader } from './state-loader.ts'
import { WorkerJournal } from './worker-journal.ts'

/** Where the store lies and what it needs. */
export type SqliteStoreOptions = {
  readonly clock: Clock
  /** Made with mode 0700 if it is not there. */
  readonly directory: string
  readonly limits?: Partial<StoreLimits>
  /** Room kept on the disk so that deletes go through when it is full; less on a small disk. */
  readonly reserveBytes?: number
}

/** More than the log grows to, so that there is room to move it into the database. */
const defaultReserveBytes = 16 * 2 ** 20

/** The database's name in its directory. */
export const databaseFileName = 'store.db'

/**
 * Opens the store, making it if need be. The thread starts at once, so call early and await late.
 * Fails with Locked, SchemaTooNew, Corrupt or Unavailable.
 */
export async function openSqliteStore({ clock, directory, limits, reserveBytes }: SqliteStoreOptions): Promise<Store> {
  const file = join(directory, databaseFileName)
  const workerData: WorkerSettings = { file, reserveBytes: reserveBytes ?? defaultReserveBytes }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData })
  const { loader, head } = await load(worker)
  const leases = new LeaseTable()
  // The time a lease had left is not known: as with etcd's new leader, it gets its whole time again.
  for (const { id, ttlMs } of head.leases) leases.grant({ id: String(id), ttlMs }, clock.monotonicMs())
  try {
    return new EmbeddedStore({
      clock,
      journal: new WorkerJournal(worker, head.sizeBytes),
      state: loader.finish(leases),
      leases,
      nextLeaseNumber: head.nextLeaseNumber,
      limits: { ...defaultStoreLimits, ...limits },
      gather: setImmediate,
    })
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

/** What the database's thread sends until it has opened the store. */
async function load(worker: Worker): Promise<{ readonly loader: StateLoader; readonly head: StoredHead }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ loader: StateLoader; head: StoredHead }>()
  let loader: StateLoader | undefined
  const onMessage = (message: FromWorker): void => {
    if (message.type === 'compaction') loader = new StateLoader(message.compaction)
    if (message.type === 'rows') loader?.take(message.rows)
    if (message.type === 'opened' && loader !== undefined) resolve({ loader, head: message })
    if (message.type === 'failed') reject(new StoreError(message.reason, message.message))
  }
  const listen = (message: FromWorker): void => {
    try {
      onMessage(message)
    } catch (error) {
      reject(error)
    }
  }
  const onExit = (): void => reject(new StoreError('Unavailable', 'the database thread ended before the store was open'))
  worker.on('message', listen).on('error', reject).on('exit', onExit)
  try {
    return await promise
  } catch (error) {
    await worker.terminate()
    throw error
  } finally {
    worker.off('message', listen).off('error', reject).off('exit', onExit)
  }
}
