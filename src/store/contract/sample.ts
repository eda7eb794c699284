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

/** All keys of the store, in order. */
export async function keysOf(store: Store): Promise<string[]> {
  return (await store.range({ prefix: '' })).entries.map(({ key }) => key)
}

/** The events of one answer of a watch. */
export function eventsOf(result: IteratorResult<WatchBatch, undefined> | undefined): readonly StoreEvent[] {
  return result?.value?.events ?? []
}

/** The first `count` events of a watch, which it then ends. */
export async function take(count: number, watch: AsyncIterable<WatchBatch>): Promise<StoreEvent[]> {
  return (await batchesUntil(watch, (_, events) => events.length >= count)).flatMap(({ events }) => events)
}

/** All events of a watch until it says that it has told everything up to the revision; then it is ended. */
export async function eventsUpTo(revision: number, watch: AsyncIterable<WatchBatch>): Promise<StoreEvent[]> {
  return (await batchesUntil(watch, (batch) => batch.revision >= revision)).flatMap(({ events }) => events)
}

/** The batches of a watch up to and with the first that is enough; then the watch is ended. */
export async function batchesUntil(
  watch: AsyncIterable<WatchBatch>,
  isEnough: (batch: WatchBatch, events: readonly StoreEvent[]) => boolean,
): Promise<WatchBatch[]> {
  const batches: WatchBatch[] = []
  const events: StoreEvent[] = []
  for await (const batch of watch) {
    batches.push(batch)
    events.push(...batch.events)
    if (isEnough(batch, events)) break
  }
  return batches
}

/** For `assert.rejects`: a store's failure for this reason. */
export function failsWith(reason: StoreErrorReason): (error: unknown) => boolean {
  return (error) => isStoreError(error, reason)
}
