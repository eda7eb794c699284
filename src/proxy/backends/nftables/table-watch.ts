/** Notices when somebody else takes our table away, as a firewall that reloads does; the kernel tells, nothing polls. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Log } from '#base/env/log'
import { runProgram } from './run-program.ts'

export type TableWatchDeps = { readonly log: Log; readonly tableName: string; readonly onLost: () => void }

/** Runs until the signal is aborted. Without the means to watch it warns and ends: changes of services are written all the same. */
export async function watchTable({ log, tableName, onLost }: TableWatchDeps, signal: AbortSignal): Promise<void> {
  const monitor = spawn('nft', ['monitor', 'destroy', 'tables'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise<string>((resolve) => {
    monitor.once('error', (error) => resolve(error.message))
    monitor.once('close', (status) => resolve(`nft monitor ended with status ${status}`))
  })
  const stop = () => monitor.kill()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  createInterface({ input: monitor.stdout }).on('line', (line) => {
    // Our own replacing of a table is told in the same words, so what counts is whether it is there.
    if (line.endsWith(`ip ${tableName}`)) isThere(tableName).then((there) => there || onLost(), onLost)
  })
  const why = await ended
  signal.removeEventListener('abort', stop)
  if (!signal.aborted) log.warn('cannot watch the nft table: if it is taken away, services stop until one of them changes', { why })
}

async function isThere(tableName: string): Promise<boolean> {
  return (await runProgram('nft', ['list', 'tables'])).split('\n').includes(`table ip ${tableName}`)
}
