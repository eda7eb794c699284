/** Writes of one object to its storage. Each resolves when the change is durable and in the caches. */
import { isDeepStrictEqual } from 'node:util'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { StatusError } from '#meta/status'
import { decodeObject } from '#meta/wire'
import { create, type KeyResult, remove, update } from '#store/single-key'
import { CacheEntry } from '../cache/cache-entry.ts'
import type { WriteGuard } from '../services/write-hook.ts'
import type { Storage } from '../storage/storage.ts'
import { storedForm, storedJson, storedKindOf } from '../storage/value-format.ts'
import type { Registry } from './registry.ts'

/** `current` is what stands in the way. For a new object undefined means that its guard has moved: the caches have seen what moved it. */
export type CommitResult =
  | { readonly succeeded: true; readonly entry: CacheEntry }
  | { readonly succeeded: false; readonly current: CacheEntry | undefined }

/** As etcd's default limit for a request; larger objects could never be read back by it. */
const objectBytesMax = 1.5 * 1024 * 1024

/** The entry as it would be if the object stood in its place. */
export function changedEntry(kind: Kind, { key, revision }: CacheEntry, object: KubeObject): CacheEntry {
  return new CacheEntry(key, revision, storedJson(storedKindOf(kind), storedForm(kind, object)))
}

export async function commitNew(
  registry: Registry,
  kind: Kind,
  key: string,
  object: KubeObject,
  guard?: WriteGuard,
): Promise<CommitResult> {
  const { storage } = registry.viewOf(kind)
  return await write(storage, key, encoded(storage, kind, object), async (value) => {
    if (guard !== undefined) return await putGuarded(storage, { key, modRevision: 0, value }, guard)
    return await create(storage.store, key, value, { leaseId: await leaseOf(storage, kind) })
  })
}

/** `object` replaces the one whose revision is the expected one. */
export async function commitChange(
  registry: Registry,
  kind: Kind,
  old: CacheEntry,
  object: KubeObject,
  guard?: WriteGuard,
): Promise<CommitResult> {
  const { storage } = registry.viewOf(kind)
  const bytes = encoded(storage, kind, object)
  // Nothing changed: no new revision, no event.
  if (isSameObject(bytes.json, old.json)) return { succeeded: true, entry: old }
  return await write(storage, old.key, bytes, async (value) => {
    if (guard !== undefined) return await putGuarded(storage, { key: old.key, modRevision: old.revision, value }, guard)
    return await update(storage.store, old.key, value, { modRevision: old.revision, leaseId: await leaseOf(storage, kind) })
  })
}

/** Both or none. */
async function putGuarded({ store, feed }: Storage, own: WriteGuard, guard: WriteGuard): Promise<KeyResult> {
  const both = [own, guard]
  const result = await store.txn({
    compares: both.map(({ key, modRevision }) => ({ key, modRevision })),
    operations: both.map(({ key, value }) => ({ type: 'put', key, value })),
  })
  if (result.succeeded) return { succeeded: true, revision: result.revision, previous: result.previous[0] }
  await feed.waitFor(result.revision)
  return { succeeded: false, revision: result.revision, current: result.current[0] }
}

/** Resolves with the revision of the deletion, or what is there instead. */
export async function commitRemoval(registry: Registry, kind: Kind, old: CacheEntry): Promise<CommitResult> {
  const { storage } = registry.viewOf(kind)
  const result = await remove(storage.store, old.key, { modRevision: old.revision })
  if (!result.succeeded) return conflictOf(storage, result)
  await storage.feed.waitFor(result.revision)
  return { succeeded: true, entry: old.at(result.revision) }
}

type Encoded = { readonly json: Uint8Array; readonly value: Uint8Array }

async function write(
  { feed, ...storage }: Storage,
  key: string,
  { json, value }: Encoded,
  put: (value: Uint8Array) => Promise<KeyResult>,
): Promise<CommitResult> {
  // The event of this write need not be decoded: what it says is known.
  using _expected = feed.expect(key, value, json)
  const result = await put(value)
  if (!result.succeeded) return conflictOf({ feed, ...storage }, result)
  await feed.waitFor(result.revision)
  // The cache's own entry where it is still the newest: its bytes are then made once for all.
  const cached = feed.cacheOfKey(key).get(key)
  return { succeeded: true, entry: cached?.revision === result.revision ? cached : new CacheEntry(key, result.revision, json) }
}

function conflictOf({ format }: Storage, { current }: Extract<KeyResult, { succeeded: false }>): CommitResult {
  return { succeeded: false, current: current && new CacheEntry(current.key, current.modRevision, current.value, format) }
}

function leaseOf({ leases }: Storage, kind: Kind): Promise<string> | undefined {
  return kind.ttlSeconds === undefined ? undefined : leases.lease(kind.ttlSeconds)
}

function encoded({ format }: Storage, kind: Kind, object: KubeObject): Encoded {
  const stored = storedForm(kind, object)
  const json = storedJson(storedKindOf(kind), stored)
  const value = format.toStored(storedKindOf(kind), stored, json)
  if (value.length > objectBytesMax) throw new StatusError(500, '', `etcdserver: request is too large`)
  return { json, value }
}

/** The order of fields does not count; the same fields have the same length in any order. */
function isSameObject(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  return Buffer.compare(a, b) === 0 || isDeepStrictEqual(decodeObject(a), decodeObject(b))
}
