/** The database's thread: an entry point. It sends what is stored, then obeys one request after the other and answers each once it is on disk. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { assert } from '#base/assert'
import { systemClock } from '#base/env/clock'
import { databaseError } from './database-error.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './message.ts'
import { Reserve } from './reserve.ts'
import { Room } from './room.ts'
import { buffersOf } from './row.ts'
import { RowDatabase } from './row-database.ts'

/** The reserve is made when the start, which is in a hurry, is over. */
const reserveDelayMs = 1000

assert(parentPort !== null, 'the database runs in a worker thread')
serve(parentPort, workerData as WorkerSettings)

function serve(port: MessagePort, { file, reserveBytes }: WorkerSettings): void {
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)
  try {
    const database = new RowDatabase(file)
    const reserve = new Reserve(`${file}-reserve`, reserveBytes)
    const room = new Room({ reserve, file, freeBytes: () => database.freeBytes })
    send({ type: 'compaction', compaction: database.compaction })
    const head = database.load((rows) => send({ type: 'rows', rows }, buffersOf(rows)))
    const reserving = systemClock.setTimer(reserveDelayMs, () => void reserve.make())
    port.on('message', (message: ToWorker) => void obey(message, { database, room, reserving }))
    send({ type: 'opened', ...head })
  } catch (error) {
    send(failure(error))
    port.close()
  }

  async function obey(message: ToWorker, { database, room, reserving }: Served): Promise<void> {
    if (message.type === 'close') {
      reserving[Symbol.dispose]()
      database.close()
      port.close()
      return
    }
    if (message.type === 'verify') return send(verified(database, message.fromRow))
    send(await answerTo(message, database, room))
    // After the answer, so that nobody waits for it.
    database.checkpointIfDue()
  }

  async function answerTo(message: ToWorker & { type: 'commit' | 'probe' }, database: RowDatabase, room: Room): Promise<FromWorker> {
    try {
      if (message.type === 'commit') database.commit(message)
      else await probe(database, room)
      room.spend()
      return { type: 'done', sizeBytes: database.sizeBytes, shortage: room.shortage }
    } catch (error) {
      const failed = failure(error)
      if (failed.reason === 'StoreFull') room.lack()
      return { ...failed, shortage: room.shortage }
    }
  }

  function verified(database: RowDatabase, fromRow: number): FromWorker {
    try {
      return { type: 'verified', ...database.verify(fromRow) }
    } catch (error) {
      return { type: 'verified', problems: [failure(error).message], rowCount: 0, nextRow: undefined }
    }
  }

  async function probe(database: RowDatabase, room: Room): Promise<void> {
    database.recover()
    await room.look()
  }

  function failure(error: unknown): FromWorker & { type: 'failed' } {
    const { reason, message } = databaseError(error, file)
    return { type: 'failed', reason, message, shortage: undefined }
  }
}

type Served = { readonly database: RowDatabase; readonly room: Room; readonly reserving: Disposable }
