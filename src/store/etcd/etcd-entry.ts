/** Between etcd's words for keys and values and ours. */
import { intervalOf } from '../key-range.ts'
import type { Entry, KeyRange, StoreEvent } from '../store.ts'
import type { EtcdEvent, EtcdId, KeyValue } from './etcd-rpc.ts'

/** A range as etcd says it: the zero character stands for the first key, and for an end behind the last. */
export interface EtcdInterval {
  readonly key: string
  readonly rangeEnd: string
}

export const allKeys: EtcdInterval = { key: '\0', rangeEnd: '\0' }

export function etcdIntervalOf(range: KeyRange, afterKey?: string): EtcdInterval {
  const { from, to } = intervalOf(range, afterKey)
  return { key: from === '' ? '\0' : from, rangeEnd: to ?? '\0' }
}

export function entryOf({ key, value, createRevision, modRevision, version, lease }: KeyValue): Entry {
  const entry = { key, value, createRevision, modRevision, version }
  return lease === 0 ? entry : { ...entry, leaseId: leaseIdOf(lease) }
}

/** In hexadecimal, as etcdctl shows it. */
export function leaseIdOf(id: EtcdId): string {
  return id.toString(16)
}

/** Undefined for what is no lease's id. */
export function etcdIdOf(leaseId: string): bigint | undefined {
  return /^[0-9a-f]{1,16}$/.test(leaseId) ? BigInt(`0x${leaseId}`) : undefined
}

/** Whether something was there before the change and etcd did not send it along. */
export function lacksPrevious({ type, kv, prevKv }: EtcdEvent): boolean {
  return prevKv === undefined && (type === 'DELETE' || (kv?.version ?? 0) > 1)
}

/** Of an event that does not lack what was before. */
export function storeEventOf({ type, kv, prevKv }: EtcdEvent): StoreEvent {
  if (kv === undefined) throw new Error('etcd sent an event without a key')
  const { key, modRevision: revision } = kv
  const previous = prevKv === undefined ? undefined : entryOf(prevKv)
  if (type === 'PUT') return { type: 'put', key, revision, entry: entryOf(kv), previous }
  if (previous === undefined) throw new Error(`etcd sent a deletion of ${key} without what was deleted`)
  return { type: 'delete', key, revision, previous }
}
