/** Writes of one object to the store. Each resolves when the change is durable and in the caches. */
import { isDeepStrictEqual } from 'node:util'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { withWireNulls } from '#meta/schema/encode'
import { StatusError } from '#meta/status'
import { decodeObject, encodeObject } from '#meta/wire'
import { create, remove, update } from '#store/single-key'
import { CacheEntry } from '../cache/cache-entry.ts'
import type { Registry } from './registry.ts'

/** `current` is what stands in the way; undefined if there is nothing. */
export type CommitResult =
  | { readonly succeeded: true; readonly entry: CacheEntry }
  | { readonly succeeded: false; readonly current: CacheEntry | undefined }

/** As etcd's default limit for a request; larger objects could never be read back by it. */
const objectBytesMax = 1.5 * 1024 * 1024

/** The bytes to store. */
export function storedBytes(kind: Kind, object: KubeObject): Uint8Array {
  const { storedAs } = kind
  const stored = storedAs === undefined ? object : storedAs.toStored(object)
  const schema = storedAs === undefined ? kind.schema : storedAs.kind.schema
  return encodeObject(withWireNulls(schema, stored) as KubeObject)
}

export async function commitNew(registry: Registry, kind: Kind, key: string, object: KubeObject): Promise<CommitResult> {
  const bytes = checkedBytes(kind, object)
  const leaseId = await leaseOf(registry, kind)
  const result = await create(registry.store, key, bytes, { leaseId })
  if (!result.succeeded) return { succeeded: false, current: result.current && entryOf(result.current) }
  return { succeeded: true, entry: await settled(registry, kind, key, result.revision, bytes) }
}

/** `bytes` replace the object whose revision is the expected one. */
export async function commitChange(registry: Registry, kind: Kind, old: CacheEntry, object: KubeObject): Promise<CommitResult> {
  const bytes = checkedBytes(kind, object)
  // Nothing changed: no new revision, no event.
  if (isSameObject(bytes, old.stored)) return { succeeded: true, entry: old }
  const leaseId = await leaseOf(registry, kind)
  const result = await update(registry.store, old.key, bytes, { modRevision: old.revision, leaseId })
  if (!result.succeeded) return { succeeded: false, current: result.current && entryOf(result.current) }
  return { succeeded: true, entry: await settled(registry, kind, old.key, result.revision, bytes) }
}

/** Resolves with the revision of the deletion, or what is there instead. */
export async function commitRemoval(registry: Registry, old: CacheEntry): Promise<CommitResult> {
  const result = await remove(registry.store, old.key, { modRevision: old.revision })
  if (!result.succeeded) return { succeeded: false, current: result.current && entryOf(result.current) }
  await registry.feed.waitFor(result.revision)
  return { succeeded: true, entry: old.at(result.revision) }
}

/** The cache's own entry where it is still the newest: its bytes are then made once for all. */
async function settled(registry: Registry, kind: Kind, key: string, revision: number, bytes: Uint8Array): Promise<CacheEntry> {
  await registry.feed.waitFor(revision)
  const cached = registry.viewOf(kind).cache.get(key)
  return cached?.revision === revision ? cached : new CacheEntry(key, revision, bytes)
}

function entryOf(entry: { readonly key: string; readonly modRevision: number; readonly value: Uint8Array }): CacheEntry {
  return new CacheEntry(entry.key, entry.modRevision, entry.value)
}

function leaseOf(registry: Registry, kind: Kind): Promise<string> | undefined {
  return kind.ttlSeconds === undefined ? undefined : registry.leases.lease(kind.ttlSeconds)
}

function checkedBytes(kind: Kind, object: KubeObject): Uint8Array {
  const bytes = storedBytes(kind, object)
  if (bytes.length <= objectBytesMax) return bytes
  throw new StatusError(500, '', `etcdserver: request is too large`)
}

/** The order of fields does not count; the same fields have the same length in any order. */
function isSameObject(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  return Buffer.compare(a, b) === 0 || isDeepStrictEqual(decodeObject(a), decodeObject(b))
}
