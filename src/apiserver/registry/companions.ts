/** Writes of several objects as one: an object, and what its kind's hook wants written or removed with it. */
import { assert } from '#base/assert'
import type { KeyResult } from '#store/single-key'
import type { Compare, Operation } from '#store/store'
import type { Companion, WriteGuard } from '../services/write-hook.ts'
import type { Storage } from '../storage/storage.ts'
import { storedForm, storedJson, storedKindOf } from '../storage/value-format.ts'
import { withServerAsCreator } from './field-owners.ts'
import type { Registry } from './registry.ts'
import { withCreationMeta } from './system-metadata.ts'

/** One operation, and what has to hold for it. */
export type Part = { readonly storage: Storage; readonly compare?: Compare; readonly operation: Operation }

/** The operations that bring the companions about. Empty for one that is to go and is gone. */
export function partsOf(registry: Registry, companions: readonly Companion[]): readonly Part[] {
  return companions.flatMap((companion) => (companion.type === 'create' ? creation(registry, companion) : removal(registry, companion)))
}

function creation(registry: Registry, { kind, object }: Extract<Companion, { type: 'create' }>): readonly Part[] {
  const view = registry.viewOf(kind)
  const { storage } = view
  const key = view.keyOf(undefined, object.metadata.name ?? '')
  const complete = withServerAsCreator(registry, kind, withCreationMeta(kind, object, registry.clock, registry.random))
  const stored = storedForm(kind, complete)
  const value = storage.format.toStored(storedKindOf(kind), stored, storedJson(storedKindOf(kind), stored))
  return [{ storage, compare: { key, modRevision: 0 }, operation: { type: 'put', key, value } }]
}

/** Where others have a say in its end, it is left to those who ask for a deletion in due form. */
function removal(registry: Registry, { kind, name }: Extract<Companion, { type: 'remove' }>): readonly Part[] {
  const view = registry.viewOf(kind)
  const entry = view.get(undefined, name)
  if (entry === undefined || (entry.object().metadata.finalizers ?? []).length > 0) return []
  return [{ storage: view.storage, operation: { type: 'delete', key: view.keyOf(undefined, name) } }]
}

/** `overtaken`: what this write claimed is another's by now, which the caches have seen. */
export type JointResult = KeyResult | 'overtaken'

/**
 * All parts or none: in one transaction where one store has them. What lies in another store is written before and taken back if the object is not
 * written, and removed after it. `current` of a refusal is what stands in the object's own way.
 */
export async function commitTogether(own: Part, others: readonly Part[], guard?: WriteGuard): Promise<JointResult> {
  const far = others.filter(({ storage }) => storage.store !== own.storage.store)
  const near = [own, ...others.filter(({ storage }) => storage.store === own.storage.store)]
  const commit = async (parts: readonly Part[]) => (far.length === 0 ? await transact(parts) : await transactFar(parts, far))
  if (guard === undefined) return await commit(near)
  return await guard.run(async (state) => {
    if (state === undefined) return 'overtaken'
    const { key, modRevision, value } = state
    return await commit([...near, { storage: own.storage, compare: { key, modRevision }, operation: { type: 'put', key, value } }])
  })
}

/** Resolves when the caches have seen the outcome, also that of others which several parts may have met. All parts are of one store. */
async function transact(parts: readonly Part[]): Promise<KeyResult> {
  const [own] = parts
  assert(own !== undefined, 'a transaction has an object to write')
  const { store, feed } = own.storage
  const result = await store.txn({
    compares: parts.map(({ compare }) => compare).filter((compare) => compare !== undefined),
    operations: parts.map(({ operation }) => operation),
  })
  if (result.succeeded || parts.length > 1) await feed.waitFor(result.revision)
  if (result.succeeded) return { succeeded: true, revision: result.revision, previous: result.previous[0] }
  return { succeeded: false, revision: result.revision, current: result.current[0] }
}

async function transactFar(near: readonly Part[], far: readonly Part[]): Promise<JointResult> {
  const puts = far.filter(({ operation }) => operation.type === 'put')
  for (const [index, part] of puts.entries()) {
    if ((await transact([part])).succeeded) continue
    await takeBack(puts.slice(0, index))
    return 'overtaken'
  }
  let isWritten = false
  try {
    const result = await transact(near)
    isWritten = result.succeeded
    return result
  } finally {
    // What a failure leaves here the repair finds.
    if (!isWritten) await takeBack(puts)
    else for (const part of far) if (part.operation.type === 'delete') await transact([part])
  }
}

async function takeBack(puts: readonly Part[]): Promise<void> {
  for (const { storage, operation } of puts) await transact([{ storage, operation: { type: 'delete', key: operation.key } }])
}
