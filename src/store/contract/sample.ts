/** Small values and short forms that make claims read as sentences. */
import type { Entry, Store, StoreEvent, WatchBatch } from '../store.ts'
import { isStoreError, type StoreErrorReason } from '../store-error.ts'

/** The text as a value. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The value as text. */
export function text(entry: Entry | undefined): string | undefined {
  return entry === undefined ? undefined : new TextDecoder().decode(entry.value)
}

/** An event as `put /a` or `delete /a`. */
export function summary(event: StoreEvent): string {
  return `${event.type} ${event.key}`
}

/** Puts keys with their own name as value, one after the other; gives the revisions. */
export async function putAll(store: Store, keys: readonly string[]): Promise<number[]> {
  const revisions: number[] = []
  for (const key of keys) {
    const { revision } = await store.txn({ compares: [], operations: [{ type: 'put', key, value: bytes(key) }] })
    revisions.push(revision)
  }
  return revisions
}

/** The first `count` events of a watch, which it then ends. */
export async function take(count: number, watch: AsyncIterable<WatchBatch>): Promise<StoreEvent[]> {
  const events: StoreEvent[] = []
  for await (const batch of watch) {
    events.push(...batch.events)
    if (events.length >= count) break
  }
  return events
}

/** For `assert.rejects`: a store's failure for this reason. */
export function failsWith(reason: StoreErrorReason): (error: unknown) => boolean {
  return (error) => isStoreError(error, reason)
}
