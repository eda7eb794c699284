/** The journal whose commits run in the database's thread. */
import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { Journal, JournalBatch } from '../embedded/journal.ts'
import type { Change } from '../embedded/version-history.ts'
import { StoreError } from '../store-error.ts'
import type { FromWorker, ToWorker, Verified } from './message.ts'
import { buffersOf, packRows, type Row } from './row.ts'

export class WorkerJournal implements Journal {
  readonly #worker: Worker
  #sizeBytes: number
  #shortage: string | undefined
  #underWay: PromiseWithResolvers<void> | undefined
  #verifying: PromiseWithResolvers<Verified> | undefined
  #death: StoreError | undefined

  /** Takes over a worker that has opened its database. */
  constructor(worker: Worker, sizeBytes: number) {
    this.#worker = worker
    this.#sizeBytes = sizeBytes
    worker.on('message', (message: FromWorker) => this.#answer(message))
    worker.on('error', (cause) => this.#die(cause))
    worker.on('exit', () => this.#die(undefined))
  }

  async commit(batch: JournalBatch): Promise<void> {
    const rows = packRows(batch.changes.map(rowOf))
    const message: ToWorker = {
      type: 'commit',
      rows,
      grantedLeases: batch.grantedLeases.map(({ id, ttlMs }) => ({ id: Number(id), ttlMs })),
      revokedLeases: batch.revokedLeases.map(Number),
      compaction: batch.compaction && { ...batch.compaction, currentRevision: batch.revision },
    }
    await this.#ask(message, buffersOf(rows))
  }

  async probe(): Promise<void> {
    await this.#ask({ type: 'probe' }, [])
  }

  shortage(): string | undefined {
    return this.#shortage
  }

  async verify(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const problems: string[] = []
    for (let fromRow: number | undefined = 0; fromRow !== undefined; ) {
      signal?.throwIfAborted()
      const some: Verified = await this.#verifyFrom(fromRow)
      problems.push(...some.problems)
      fromRow = some.nextRow
    }
    return problems
  }

  sizeBytes(): number {
    return this.#sizeBytes
  }

  async close(): Promise<void> {
    if (this.#death !== undefined) return
    const exited = once(this.#worker, 'exit')
    this.#worker.postMessage({ type: 'close' } satisfies ToWorker)
    await exited
  }

  /** One after the other, also when several ask. */
  async #verifyFrom(fromRow: number): Promise<Verified> {
    while (this.#verifying !== undefined) await this.#verifying.promise
    if (this.#death !== undefined) throw this.#death
    this.#verifying = Promise.withResolvers()
    this.#worker.postMessage({ type: 'verify', fromRow } satisfies ToWorker)
    return await this.#verifying.promise
  }

  async #ask(message: ToWorker, transfer: ArrayBuffer[]): Promise<void> {
    if (this.#death !== undefined) throw this.#death
    this.#underWay = Promise.withResolvers()
    this.#worker.postMessage(message, transfer)
    await this.#underWay.promise
  }

  #answer(message: FromWorker): void {
    if (message.type === 'verified') {
      this.#verifying?.resolve(message)
      this.#verifying = undefined
    }
    if (message.type !== 'done' && message.type !== 'failed') return
    const waiting = this.#underWay
    this.#underWay = undefined
    this.#shortage = message.shortage
    if (message.type === 'failed') {
      // It is not there, and will not be while this process lives; a start that comes before the database has recovered may find it in the log.
      const isOutcomeUnknown = message.reason === 'Degraded'
      waiting?.reject(new StoreError(message.reason, message.message, { isOutcomeUnknown }))
      return
    }
    this.#sizeBytes = message.sizeBytes
    waiting?.resolve()
  }

  /** The thread is gone: whether the commit under way is on disk, only the next start will know. */
  #die(cause: unknown): void {
    const story = 'the database thread has ended: restart the process'
    this.#death ??= new StoreError('Degraded', story, { cause })
    this.#underWay?.reject(new StoreError('Degraded', story, { cause, isOutcomeUnknown: true }))
    this.#verifying?.reject(this.#death)
    this.#verifying = undefined
    this.#underWay = undefined
  }
}

const nothing = new Uint8Array()

function rowOf({ version: { row, entry }, event: { key } }: Change): Row {
  if (entry === undefined) return { row, key, value: nothing, createRevision: 0, version: 0, lease: 0 }
  return { row, key, value: entry.value, createRevision: entry.createRevision, version: entry.version, lease: Number(entry.leaseId ?? 0) }
}
