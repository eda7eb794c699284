/** A stretch of a fuzz run on a server of its own: some thousand cases from one seed, and what is wrong afterwards. */

import { systemClock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { createMemoryStore } from '#store/memory/memory-store'
import { startTestApiServer } from '#testing/api-server'
import { type Connection, connectionTo, type Outcome } from './connection.ts'
import type { Corpus } from './corpus.ts'
import { drawer } from './draw.ts'
import { families } from './families/all-families.ts'
import { type FuzzCase, type Source, textOf } from './fuzz-case.ts'
import { askerOf, faultsOf, pollution, prepareObjects, readCanary, storeFaults } from './server-state.ts'
import type { Counts } from './status-table.ts'

export type ChunkOptions = {
  readonly seed: number
  readonly count: number
  /** Only this family, where one is named. */
  readonly family?: string
  readonly corpus: Corpus
  /** No further case is begun after that. */
  readonly isOver?: () => boolean
}

/** `counts` are of family and status; `faults` say what must not be. */
export type ChunkResult = { readonly counts: Counts; readonly caseCount: number; readonly faults: readonly string[] }

const atOnce = 64
const casesBetweenChecks = 2500
const answerMsMax = 1000
/** Longer than any wait that is documented: for a revision to come. */
const waitMsMax = 10_000

export async function runChunk({ seed, count, family, corpus, isOver = () => false }: ChunkOptions): Promise<ChunkResult> {
  const logged: string[] = []
  const store = createMemoryStore({ clock: systemClock })
  await using server = await startTestApiServer({}, { log: errorLog(logged), store })
  using connection = connectionTo(server)
  const ask = askerOf(connection, server.token)
  const source: Source = { draw: drawer(seed), corpus, token: server.token }
  const names = family === undefined ? Object.keys(families) : [family]
  const counts = new Map<string, Map<number, number>>()
  const faults: string[] = []
  const slow: (readonly [name: string, fuzzCase: FuzzCase])[] = []
  let left = count
  const worker = async (until: number) => {
    while (left > until && !isOver()) {
      left--
      const name = source.draw.oneOf(names)
      const fuzzCase = familyNamed(name)(source)
      const outcome = await connection.send(fuzzCase)
      const ofFamily = counts.getOrInsertComputed(name, () => new Map<number, number>())
      ofFamily.set(outcome.status, (ofFamily.get(outcome.status) ?? 0) + 1)
      const fault = faultOf(fuzzCase, outcome)
      if (outcome.tookMs > answerMsMax && !isDocumented(outcome)) slow.push([name, fuzzCase])
      if (fault !== undefined)
        faults.push(`seed ${seed}, ${name}: ${fault}; logged: ${logged.splice(0).join(' | ')}\n  ${textOf(fuzzCase)}`)
    }
  }
  let canary: string | undefined
  while (left > 0 && !isOver()) {
    await prepareObjects(ask, corpus)
    canary ??= await readCanary(ask)
    const until = Math.max(0, left - casesBetweenChecks)
    await Promise.all(Array.from({ length: atOnce }, () => worker(until)))
    for (const [name, fuzzCase] of slow.splice(0)) {
      const slowness = await slownessOf(fuzzCase, connection)
      if (slowness !== undefined) faults.push(`seed ${seed}, ${name}: ${slowness}\n  ${textOf(fuzzCase)}`)
    }
    for (const fault of await faultsOf(ask, corpus, canary))
      faults.push(`seed ${seed}, after ${count - left} cases: ${fault}; logged: ${logged.splice(0).join(' | ')}`)
  }
  for (const fault of await storeFaults(server, store, corpus)) faults.push(`seed ${seed}: ${fault}`)
  return { counts, caseCount: count - left, faults }
}

function familyNamed(name: string) {
  const family = families[name]
  if (family === undefined) throw new Error(`there is no family ${name}: ${Object.keys(families).join(', ')}`)
  return family
}

/** What is wrong with an answer. */
function faultOf(fuzzCase: FuzzCase, outcome: Outcome): string | undefined {
  const polluted = pollution()
  if (polluted !== undefined) throw new Error(`${polluted}, after ${textOf(fuzzCase)}`)
  if (outcome.status >= 500 && !isDocumented(outcome))
    return `status ${outcome.status} ${Buffer.from(outcome.body).toString('latin1').slice(0, 400)}`
  if (outcome.status === 0 && fuzzCase.wire === 'http2' && !mayBeReset(fuzzCase)) return 'no answer'
  if (
    outcome.status >= 400 &&
    outcome.contentType === 'application/json' &&
    outcome.isWhole &&
    outcome.body.length > 0 &&
    !isStatus(outcome)
  )
    return `no Status: ${Buffer.from(outcome.body).toString('latin1').slice(0, 400)}`
  return undefined
}

/** Sends a case alone: it is slow by itself, and not because of its neighbours or of other programs, where it takes that much of the processor, or waits for long. */
async function slownessOf(fuzzCase: FuzzCase, connection: Connection): Promise<string | undefined> {
  const before = process.cpuUsage()
  const { tookMs, status } = await connection.send(fuzzCase)
  const { user, system } = process.cpuUsage(before)
  const busyMs = (user + system) / 1000
  return busyMs > answerMsMax || tookMs > waitMsMax
    ? `${status} took ${Math.round(tookMs)} ms, ${Math.round(busyMs)} ms of them at work`
    : undefined
}

/**
 * A revision that is still to come is waited for, and a deadline that the client sets may pass: 504. A 501 is for what a server has not got.
 * Upstream answers some refusals with a 500 that names no reason (see README.md), and so does this server; its own faults are `InternalError`.
 */
function isDocumented({ status, body }: Outcome): boolean {
  if (status === 504 || status === 501) return true
  return status === 500 && !Buffer.from(body).includes('InternalError')
}

/** HTTP/2 itself refuses such a request. */
function mayBeReset({ path, headers }: Extract<FuzzCase, { wire: 'http2' }>): boolean {
  return !path.startsWith('/') || 'connection' in headers || 'upgrade' in headers || headers['te'] !== undefined
}

function isStatus({ status, body }: Outcome): boolean {
  try {
    const { kind, code } = JSON.parse(Buffer.from(body).toString()) as { readonly kind?: unknown; readonly code?: unknown }
    return (kind === 'Status' && code === status) || kind === 'Table'
  } catch {
    return false
  }
}

/** Keeps what the server complains of, short. */
function errorLog(lines: string[]): Log {
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error(message, facts = {}) {
      const { error } = facts
      lines.push(`${message} ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 12).join(' ') : ''}`)
      if (lines.length > 20) lines.shift()
    },
    with: () => log,
  }
  return log
}
