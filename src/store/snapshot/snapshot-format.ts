/**
 * The snapshot of a store as bytes, the same for every kind of store: lines of JSON, packed by gzip (`zcat` shows them).
 * The first line tells the format's version, the revision and the time; then a line per lease and per entry, the latter followed by
 * the value as it is; the last line has the counts and the SHA-256 of all before it, so that a cut or a changed snapshot is noticed.
 */

import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { rfc3339 } from '#base/env/clock'
import { StoreError } from '../store-error.ts'
import type { Dump, DumpRecord } from './dump.ts'

/** What is told of a snapshot before its entries. */
export type SnapshotHead = { readonly revision: number; readonly keyCount: number; readonly time: string }

const formatVersion = 1
const groupBytes = 256 * 1024
const newline = 0x0a

/** The dump as bytes, not packed yet. */
export async function* snapshotBytes(dump: Dump, nowMs: number): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256')
  let group: Uint8Array[] = []
  let size = 0
  let [leaseCount, entryCount, valueBytes] = [0, 0, 0]
  const add = (bytes: Uint8Array): void => {
    group.push(bytes)
    size += bytes.length
  }
  const flushed = (): Uint8Array => {
    const bytes = Buffer.concat(group, size)
    hash.update(bytes)
    group = []
    size = 0
    return bytes
  }
  add(line({ navarchSnapshot: formatVersion, revision: dump.revision, keyCount: dump.keyCount, time: rfc3339(nowMs) }))
  for await (const record of dump.records) {
    add(line(headOf(record)))
    if (record.type === 'lease') leaseCount++
    else {
      entryCount++
      valueBytes += record.entry.value.length
      add(record.entry.value)
    }
    if (size > groupBytes) yield flushed()
  }
  yield flushed()
  yield line({ end: { leases: leaseCount, entries: entryCount, valueBytes, sha256: hash.digest('hex') } })
}

function headOf(record: DumpRecord): object {
  if (record.type === 'lease') return { lease: record.lease }
  const { value, ...entry } = record.entry
  return { entry: { ...entry, length: value.length } }
}

function line(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

/** Reads the bytes of a snapshot again. Fails with Corrupt, naming the file, as soon as something does not fit; at the latest at the end. */
export class SnapshotReader {
  readonly #file: string
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #hash = createHash('sha256')
  #rest: Buffer = Buffer.alloc(0)
  #counts = { leases: 0, entries: 0, valueBytes: 0 }

  constructor(file: string, chunks: AsyncIterable<Uint8Array>) {
    this.#file = file
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Reads the first line. */
  async head(): Promise<SnapshotHead> {
    const { bytes, value } = await this.#line()
    this.#hash.update(bytes)
    const { navarchSnapshot: version, revision, keyCount, time } = value
    if (typeof version !== 'number') throw this.#damaged('it does not start as one')
    if (version > formatVersion) {
      const message = `${this.#file} is a snapshot of format ${version}, this version of Navarch knows up to ${formatVersion}: use the newer Navarch`
      throw new StoreError('SchemaTooNew', message)
    }
    if (!isCount(revision) || !isCount(keyCount) || typeof time !== 'string') throw this.#damaged('its first line is not whole')
    return { revision, keyCount, time }
  }

  /** Reads all behind the head. */
  async *records(): AsyncGenerator<DumpRecord, void> {
    for (;;) {
      const { bytes, value } = await this.#line()
      if ('end' in value) return await this.#checkEnd(value['end'])
      this.#hash.update(bytes)
      const record = await this.#record(value)
      if (record.type === 'lease') this.#counts.leases++
      else {
        this.#counts.entries++
        this.#counts.valueBytes += record.entry.value.length
      }
      yield record
    }
  }

  async #record(parsed: Record<string, unknown>): Promise<DumpRecord> {
    if (isRecord(parsed['lease'])) {
      const { id, ttlMs } = parsed['lease']
      if (typeof id === 'string' && isCount(ttlMs)) return { type: 'lease', lease: { id, ttlMs } }
    }
    if (isRecord(parsed['entry'])) {
      const { key, createRevision, modRevision, version, leaseId, length } = parsed['entry']
      if (typeof key === 'string' && isCount(createRevision) && isCount(modRevision) && isCount(version) && isCount(length)) {
        const value = await this.#take(length)
        this.#hash.update(value)
        const lease = typeof leaseId === 'string' ? { leaseId } : {}
        return { type: 'entry', entry: { key, value, createRevision, modRevision, version, ...lease } }
      }
    }
    throw this.#damaged(`a line behind ${this.#counts.entries} entries is neither a lease nor an entry`)
  }

  async #checkEnd(end: unknown): Promise<void> {
    const { leases, entries, valueBytes } = this.#counts
    if (!isRecord(end) || end['sha256'] !== this.#hash.digest('hex')) throw this.#damaged('its checksum is not that of its contents')
    if (end['leases'] !== leases || end['entries'] !== entries || end['valueBytes'] !== valueBytes)
      throw this.#damaged('its counts are wrong')
    if (this.#rest.length > 0 || (await this.#more())) throw this.#damaged('something stands behind its end')
  }

  async #line(): Promise<{ readonly bytes: Buffer; readonly value: Record<string, unknown> }> {
    let from = 0
    for (;;) {
      const end = this.#rest.indexOf(newline, from)
      if (end >= 0) {
        const bytes = await this.#take(end + 1)
        const value = parsedLine(bytes.toString('utf8'))
        if (value === undefined) throw this.#damaged(`a line behind ${this.#counts.entries} entries is not readable`)
        return { bytes, value }
      }
      from = this.#rest.length
      if (from > lineBytesMax) throw this.#damaged('it has a line without end')
      if (!(await this.#more())) throw this.#damaged(`it ends behind ${this.#counts.entries} entries, before its end`)
    }
  }

  /** The next bytes, of their own memory. */
  async #take(length: number): Promise<Buffer> {
    while (this.#rest.length < length) {
      if (!(await this.#more())) throw this.#damaged(`it ends behind ${this.#counts.entries} entries, within a value`)
    }
    const taken = Buffer.alloc(length)
    this.#rest.copy(taken, 0, 0, length)
    this.#rest = this.#rest.subarray(length)
    return taken
  }

  async #more(): Promise<boolean> {
    try {
      const { done, value } = await this.#chunks.next()
      if (done === true) return false
      this.#rest = this.#rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.#rest, value])
      return true
    } catch (error) {
      if (error instanceof StoreError) throw error
      throw this.#damaged(error instanceof Error ? error.message : String(error), error)
    }
  }

  #damaged(what: string, cause?: unknown): StoreError {
    return new StoreError('Corrupt', `${this.#file} is damaged or not a snapshot (${what}): use another snapshot`, { cause })
  }
}

const lineBytesMax = 2 ** 20

function parsedLine(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
