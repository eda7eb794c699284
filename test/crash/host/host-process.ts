/** Starts the process that holds a store, and ends it the hard way. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FromHost, HostOptions } from './message.ts'
import { errorOf, RemoteStore } from './remote-store.ts'

/** A store in a process of its own. Disposing kills the process. */
export type HostedStore = AsyncDisposable & {
  readonly store: RemoteStore
  readonly process: ChildProcess
  /** Sends SIGKILL and resolves when the process is gone, so that another may open the files. */
  kill(): Promise<void>
  /** Closes the store and lets the process end. */
  stop(): Promise<void>
}

/** Starts a process with the store in the directory. Rejects with the store's error if it does not open. */
export async function startHost(options: HostOptions, environment: Readonly<Record<string, string>> = {}): Promise<HostedStore> {
  const { process: child, kill, exited } = spawnHost(options, environment)
  const store = new RemoteStore(child)
  try {
    await opened(child)
  } catch (error) {
    await kill()
    throw error
  }
  const stop = async () => {
    await store.close()
    child.disconnect()
    await exited
  }
  return { store, process: child, kill, stop, [Symbol.asyncDispose]: kill }
}

/** A process that may not have opened its store yet. */
type Host = Pick<HostedStore, 'process' | 'kill'> & AsyncDisposable & { readonly exited: Promise<unknown> }

/** Starts a process and does not wait for its store. */
export function spawnHost(options: HostOptions, environment: Readonly<Record<string, string>> = {}): Host {
  const child = fork(new URL('./store-host.ts', import.meta.url), [JSON.stringify(options)], {
    serialization: 'advanced',
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'navarch-crash-compiled'), ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return { process: child, exited, kill, [Symbol.asyncDispose]: kill }
}

async function opened(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('message', (message: FromHost) => (message.type === 'refused' ? reject(errorOf(message.failure)) : resolve()))
  child.once('exit', (code, signal) => reject(new Error(`the store's process ended at its start (${signal ?? code})`)))
  child.once('error', reject)
  await promise
}
