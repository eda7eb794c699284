/**
 * The process that holds the store under test: an entry point. It takes calls from its parent and answers them; it is killed, stopped
 * or preloaded with the shim at will. Where CRASH_MARKS names a file, each answer is marked in the trace before it is sent.
 */
import { openSync, writeSync } from 'node:fs'
import { systemClock } from '#base/env/clock'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import type { Store, Watch } from '#store/store'
import { StoreError } from '#store/store-error'
import type { Acknowledgement } from '../sqlite/acknowledgement.ts'
import type { Call, Failure, FromHost, HostOptions, ToHost } from './message.ts'

const options: HostOptions = JSON.parse(process.argv[2] ?? '')
const marksFile = process.env['CRASH_MARKS']
const marks = marksFile === undefined ? undefined : openSync(marksFile, 'a')
const watches = new Map<number, Watch>()

try {
  const store = await openSqliteStore({ clock: systemClock, directory: options.directory, reserveBytes: options.reserveBytes })
  process.on('message', (message: ToHost) => void obey(store, message))
  process.on('disconnect', () => process.exit())
  send({ type: 'opened' })
} catch (error) {
  send({ type: 'refused', failure: failureOf(error) })
  process.disconnect?.()
}

async function obey(store: Store, message: ToHost): Promise<void> {
  if (message.type === 'call') return answer(store, message.id, message.call)
  if (message.type === 'watch') return follow(message.id, store.watch(message.request))
  if (message.type === 'progress') watches.get(message.id)?.requestProgress()
  if (message.type === 'unwatch') await watches.get(message.id)?.return?.()
}

async function answer(store: Store, id: number, call: Call): Promise<void> {
  try {
    if (options.acknowledgesEarly === true && call.method === 'txn') mark({ revision: (await store.currentRevision()) + 1 })
    if (call.method === 'revokeLease') mark({ revokingLease: call.id })
    const value = await made(store, call)
    mark(promiseOf(call, value))
    send({ type: 'answer', id, value })
  } catch (error) {
    send({ type: 'failure', id, failure: failureOf(error) })
  }
}

async function made(store: Store, call: Call): Promise<unknown> {
  switch (call.method) {
    case 'get':
      return store.get(call.key)
    case 'range':
      return store.range(call.request)
    case 'count':
      return store.count(call.range)
    case 'txn':
      return store.txn(call.txn)
    case 'compact':
      return store.compact(call.revision)
    case 'grantLease':
      return store.grantLease(call.ttlMs)
    case 'lease':
      return store.lease(call.id)
    case 'keepLeaseAlive':
      return store.keepLeaseAlive(call.id)
    case 'revokeLease':
      return store.revokeLease(call.id)
    case 'currentRevision':
    case 'status':
    case 'close':
      return store[call.method]()
  }
}

async function follow(id: number, watch: Watch): Promise<void> {
  watches.set(id, watch)
  try {
    for await (const batch of watch) {
      mark({ revision: batch.revision })
      send({ type: 'batch', id, batch })
    }
    send({ type: 'end', id, failure: undefined })
  } catch (error) {
    send({ type: 'end', id, failure: failureOf(error) })
  } finally {
    watches.delete(id)
  }
}

/** What the answer to a call says that will be true for ever. */
function promiseOf(call: Call, value: unknown): Acknowledgement | undefined {
  if (call.method === 'compact') return { compactRevision: call.revision }
  if (call.method === 'revokeLease') return { revokedLease: call.id }
  if (call.method === 'grantLease') return { grantedLease: String(field(value, 'id')) }
  // A read too: what was seen once must not be unseen.
  const revision = call.method === 'currentRevision' ? value : field(value, call.method === 'get' ? 'modRevision' : 'revision')
  return typeof revision === 'number' ? { revision } : undefined
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function mark(acknowledgement: Acknowledgement | undefined): void {
  if (marks !== undefined && acknowledgement !== undefined) writeSync(marks, JSON.stringify(acknowledgement))
}

function send(message: FromHost): void {
  process.send?.(message)
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof StoreError)) return { reason: undefined, message: String(error) }
  const { reason, message, oldestRevision, currentRevision } = error
  return { reason, message, oldestRevision, currentRevision }
}
