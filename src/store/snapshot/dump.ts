/**
 * Everything that a store holds at one revision, as a stream: what a snapshot is written from, and what restoring and migrating read.
 * Leases come before the entries that hang on them.
 */
import type { Entry, Lease, RangeResult, Store } from '../store.ts'
import { StoreError } from '../store-error.ts'

export type Dump = {
  /** The revision of the store that was dumped. */
  readonly revision: number
  /** How many entries to expect. */
  readonly keyCount: number
  readonly records: AsyncIterable<DumpRecord>
}

export type DumpRecord = { readonly type: 'lease'; readonly lease: Lease } | { readonly type: 'entry'; readonly entry: Entry }

/** Small enough that other reads of the store are not held up. */
const pageLength = 500

export type DumpOptions = {
  /** Leaves out what others keep beside it in the same store. */
  readonly prefix?: string
  readonly signal?: AbortSignal
}

/** The store as it is now, read page by page while it goes on. Reading fails with Compacted if it takes longer than the history is kept. */
export async function dumpOf(store: Store, options: DumpOptions = {}): Promise<Dump> {
  const first = await store.range({ prefix: options.prefix ?? '', limit: pageLength }, options.signal)
  return { revision: first.revision, keyCount: first.entries.length + first.remaining, records: recordsOf(store, first, options) }
}

async function* recordsOf(store: Store, first: RangeResult, { prefix = '', signal }: DumpOptions): AsyncGenerator<DumpRecord, void> {
  const leases = new Set<string>()
  for (let page = first; ; ) {
    for (const entry of page.entries) {
      const { leaseId } = entry
      if (leaseId !== undefined && !leases.has(leaseId)) {
        leases.add(leaseId)
        const lease = await store.lease(leaseId, signal)
        if (lease !== undefined) yield { type: 'lease', lease }
      }
      yield { type: 'entry', entry }
    }
    const afterKey = page.entries.at(-1)?.key
    if (page.remaining === 0 || afterKey === undefined) return
    page = await store.range({ prefix, limit: pageLength, afterKey, atRevision: first.revision }, signal)
  }
}

/**
 * The dump with its values changed by the function, for a store whose values are of another format. Reading fails with Corrupt, naming the key,
 * where the function throws.
 */
export function translatedDump(dump: Dump, translate: (key: string, value: Uint8Array) => Uint8Array): Dump {
  async function* records(): AsyncGenerator<DumpRecord, void> {
    for await (const record of dump.records) {
      if (record.type === 'lease') yield record
      else yield { type: 'entry', entry: { ...record.entry, value: translated(record.entry) } }
    }
  }
  function translated({ key, value }: Entry): Uint8Array {
    try {
      return translate(key, value)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new StoreError('Corrupt', `the value of ${key} does not decode: ${why}: mend or delete this object first`, { cause: error })
    }
  }
  return { ...dump, records: records() }
}

/** The dump, telling now and then how many entries have passed. */
export function watchedDump(dump: Dump, tell: (entryCount: number) => void): Dump {
  async function* records(): AsyncGenerator<DumpRecord, void> {
    let count = 0
    for await (const record of dump.records) {
      yield record
      if (record.type === 'entry' && ++count % tellEvery === 0) tell(count)
    }
    tell(count)
  }
  return { ...dump, records: records() }
}

const tellEvery = 1000
