/** Values as a history keeps them: short, and different where the values differ. */
import { createHash } from 'node:crypto'
import type { Entry, Operation, StoreEvent } from '../store.ts'
import type { SeenEntry, SeenEvent, SeenOperation } from './history.ts'

/** The longest value that is kept as its own text. */
const textLengthMax = 64

const printable = /^[\x20-\x7e]*$/

/** The value's text if it is short and readable, else its length and digest. */
function labelOf(value: Uint8Array): string {
  if (value.length <= textLengthMax) {
    const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')
    if (printable.test(text)) return text
  }
  return `${value.length} bytes ${createHash('sha256').update(value).digest('hex').slice(0, 16)}`
}

/** The entry as a history keeps it. */
export function seenEntry({ key, value, createRevision, modRevision, version, leaseId }: Entry): SeenEntry {
  const seen = { key, value: labelOf(value), createRevision, modRevision, version }
  return leaseId === undefined ? seen : { ...seen, leaseId }
}

/** The operation as a history keeps it. */
export function seenOperation(operation: Operation): SeenOperation {
  if (operation.type === 'delete') return { type: 'delete', key: operation.key }
  const seen = { type: 'put', key: operation.key, value: labelOf(operation.value) } as const
  return operation.leaseId === undefined ? seen : { ...seen, leaseId: operation.leaseId }
}

/** The event as a history keeps it. */
export function seenEvent(event: StoreEvent): SeenEvent {
  const { key, revision } = event
  if (event.type === 'delete') return { type: 'delete', key, revision, previous: seenEntry(event.previous) }
  const seen = { type: 'put', key, revision, entry: seenEntry(event.entry) } as const
  return event.previous === undefined ? seen : { ...seen, previous: seenEntry(event.previous) }
}
