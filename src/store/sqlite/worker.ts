/** The database's thread: an entry point. It sends what is stored, then takes one commit after the other and answers each once it is on disk. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '#base/assert'
import { databaseError } from './database-error.ts'
import type { CommitRequest, FromWorker, ToWorker } from './message.ts'
import { buffersOf } from './row.ts'
import { RowDatabase } from './row-database.ts'

assert(parentPort !== null, 'the database runs in a worker thread')
serve(parentPort, String(workerData))

function serve(port: NonNullable<typeof parentPort>, file: string): void {
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)
  try {
    const database = new RowDatabase(file)
    const head = database.load((rows) => send({ type: 'rows', rows }, buffersOf(rows)))
    port.on('message', (message: ToWorker) => obey(message, database, send))
    send({ type: 'opened', ...head })
  } catch (error) {
    send(failure(error))
    port.close()
  }

  function obey(message: ToWorker, database: RowDatabase, answer: (message: FromWorker) => void): void {
    if (message.type === 'close') {
      database.close()
      port.close()
      return
    }
    answer(commit(message, database))
    // After the answer, so that nobody waits for it.
    database.checkpointIfDue()
  }

  function commit(request: CommitRequest, database: RowDatabase): FromWorker {
    try {
      database.commit(request)
      return { type: 'committed', sizeBytes: database.sizeBytes }
    } catch (error) {
      return failure(error)
    }
  }

  function failure(error: unknown): FromWorker {
    const { reason, message } = databaseError(error, file)
    return { type: 'failed', reason, message }
  }
}
