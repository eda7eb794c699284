/** Writes of one object to its storage. Each resolves when the change is durable and in the caches. */
import { isDeepStrictEqual } from 'node:util'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { StatusError } from '#meta/status'
import { decodeObject } from '#meta/wire'
import type { KeyResult } from '#store/single-key'
import { CacheEntry } from '../cache/cache-entry.ts'
import type { Alongside } from '../services/write-hook.ts'
import type { Storage } from '../storage/storage.ts'
import { storedForm, storedJson, storedKindOf } from '../storage/value-format.ts'
import { commitTogether, type JointResult, type Part, partsOf } from './companions.ts'
import type { Registry } from './registry.ts'

/** `current` is what stands in the way. For a new object undefined means that another server has what it claimed: the caches have seen that. */
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
  { companions = [], guard }: Alongside = {},
): Promise<CommitResult> {
  const { storage } = registry.viewOf(kind)
  const encodedObject = encoded(storage, kind, object)
  return await write(storage, key, encodedObject, undefined, async (value) => {
    const operation = { type: 'put', key, value, leaseId: await leaseOf(storage, kind) } as const
    return await commitTogether({ storage, compare: { key, modRevision: 0 }, operation }, partsOf(registry, companions), guard)
  })
}

/** `object` replaces the one whose revision is the expected one. */
export async function commitChange(
  registry: Registry,
  kind: Kind,
  old: CacheEntry,
  object: KubeObject,
  { companions = [], guard }: Alongside = {},
): Promise<CommitResult> {
  const { storage } = registry.viewOf(kind)
  const { key } = old
  const bytes = encoded(storage, kind, object)
  // Nothing changed: no new revision, no event.
  if (isSameObject(bytes.json, old.json)) return { succeeded: true, entry: old }
  return await write(storage, key, bytes, old, async (value) => {
    const operation = { type: 'put', key, value, leaseId: await leaseOf(storage, kind) } as const
    return await commitTogether({ storage, compare: { key, modRevision: old.revision }, operation }, partsOf(registry, companions), guard)
  })
}

/** Resolves with the revision of the deletion, or what is there instead. */
export async function commitRemoval(registry: Registry, kind: Kind, old: CacheEntry): Promise<CommitResult> {
  const { storage } = registry.viewOf(kind)
  const { key } = old
  const companions = old.unreadable() === undefined ? registry.writeHookOf(kind)?.onRemoval(old.object()) : undefined
  const own: Part = { storage, compare: { key, modRevision: old.revision }, operation: { type: 'delete', key } }
  const result = await commitTogether(own, partsOf(registry, companions ?? []))
  if (result === 'overtaken' || !result.succeeded) return refusalOf(storage, result, old)
  return { succeeded: true, entry: old.at(result.revision) }
}

type Encoded = { readonly json: Uint8Array; readonly value: Uint8Array }

async function write(
  storage: Storage,
  key: string,
  { json, value }: Encoded,
  old: CacheEntry | undefined,
  put: (value: Uint8Array) => Promise<JointResult>,
): Promise<CommitResult> {
  const { feed } = storage
  // The event of this write need not be decoded: what it says is known.
  using _expected = feed.expect(key, value, json)
  const result = await put(value)
  if (result === 'overtaken' || !result.succeeded) return refusalOf(storage, result, old)
  // The cache's own entry where it is still the newest: its bytes are then made once for all.
  const cached = feed.cacheOfKey(key).get(key)
  return { succeeded: true, entry: cached?.revision === result.revision ? cached : new CacheEntry(key, result.revision, json) }
}

type Refusal = 'overtaken' | Extract<KeyResult, { succeeded: false }>

/** `old` stands as it was if it was only what the write claimed that is another's. */
function refusalOf({ format }: Storage, refusal: Refusal, old: CacheEntry | undefined): CommitResult {
  if (refusal === 'overtaken') return { succeeded: false, current: old }
  const { current } = refusal
  return { succeeded: false, current: current && new CacheEntry(current.key, current.modRevision, current.value, { format }) }
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
