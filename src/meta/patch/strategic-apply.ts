/**
 * Applies a strategic merge patch: as a merge patch, but lists whose schema says so are merged by key, and
 * directives (`$patch`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`) say what plain JSON cannot.
 */

import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'
import { isDeepEqual } from './equal.ts'
import { goText } from './go-text.ts'
import { ordered } from './list-order.ts'
import { PatchError } from './patch-error.ts'

export const directive = '$patch'
export const retainKeys = '$retainKeys'
export const orderPrefix = '$setElementOrder/'
export const deletePrefix = '$deleteFromPrimitiveList/'

/** A copy of `target` with `patch` applied; throws a PatchError where the patch contradicts itself or the schema. */
export function applyStrategicPatch(schema: Schema, target: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(schema, target, patch)
}

function mergeObject(schema: Schema | undefined, target: JsonObject, patch: JsonObject): JsonObject {
  switch (patch[directive]) {
    case undefined:
    case 'merge':
      return mergeFields(schema, target, patch)
    case 'replace':
      return mergeFields(schema, {}, without(patch, directive))
    case 'delete':
      return {}
    default:
      throw contradictory(`unknown patch type: ${goText(patch[directive])} in map: ${goText(patch)}`)
  }
}

function mergeFields(schema: Schema | undefined, target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, unknown> = retained(target, patch)
  for (const [key, change] of Object.entries(patch)) {
    if (key === directive || key === retainKeys) continue
    const list = key.startsWith(orderPrefix)
      ? key.slice(orderPrefix.length)
      : key.startsWith(deletePrefix)
        ? key.slice(deletePrefix.length)
        : undefined
    // A directive for a list is carried out together with the list's own patch, once.
    if (list !== undefined) {
      if (patch[list] === undefined && !(key.startsWith(orderPrefix) && patch[deletePrefix + list] !== undefined))
        mergeListField(fieldOf(schema, list), merged, patch, list)
    } else if (change === null) delete merged[key]
    else if (Array.isArray(change)) mergeListField(fieldOf(schema, key), merged, patch, key)
    else merged[key] = mergeValue(fieldOf(schema, key), merged[key], change)
  }
  return merged
}

function mergeValue(schema: Schema | undefined, target: unknown, change: unknown): unknown {
  if (!isJsonObject(change)) return change
  return mergeObject(schema, isJsonObject(target) && schema?.patchStrategy?.includes('replace') !== true ? target : {}, change)
}

/** The target without what `$retainKeys` does not name. */
function retained(target: JsonObject, patch: JsonObject): Record<string, unknown> {
  const keys = patch[retainKeys]
  if (keys === undefined) return { ...target }
  if (!Array.isArray(keys)) throw contradictory('patch object is not valid')
  const stray = Object.keys(patch).some((key) => !key.startsWith('$') && patch[key] !== null && !keys.includes(key))
  if (stray) throw contradictory('retainKeys list contains keys that are not present in the patch')
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)))
}

function mergeListField(schema: Schema | undefined, merged: Record<string, unknown>, patch: JsonObject, key: string): void {
  const given = merged[key]
  const change = listOf(patch[key])
  if (schema?.patchStrategy?.includes('merge') !== true) {
    if (patch[key] !== undefined) merged[key] = change
    return
  }
  const isPlain = change.every((item) => !isJsonObject(item) || item[directive] === undefined)
  // As upstream: where there is no list yet, the patch's is taken as it stands, even if a key comes twice.
  if (given === undefined && isPlain && patch[key] !== undefined) {
    merged[key] = change.map((item) => mergeValue(schema.items, undefined, keyedOrPlain(schema, item)))
    return
  }
  const removed = listOf(patch[deletePrefix + key])
  const target = listOf(given).filter((item) => !removed.some((gone) => isDeepEqual(gone, item)))
  const order = patch[orderPrefix + key] === undefined ? undefined : listOf(patch[orderPrefix + key])
  const result = mergeList(schema, target, change, order)
  if (given !== undefined || patch[key] !== undefined) merged[key] = result
}

function mergeList(
  schema: Schema,
  target: readonly unknown[],
  change: readonly unknown[],
  order: readonly unknown[] | undefined,
): readonly unknown[] {
  const mergeKey = schema.patchMergeKey
  if (mergeKey === undefined) return ordered([...new Set([...target, ...change])], target, order ?? change, sameScalar)
  const isReplacement = change.some((item) => isJsonObject(item) && item[directive] === 'replace')
  const entries = change.map((item) => keyed(item, mergeKey))
  if (isReplacement)
    return entries
      .filter((entry) => entry[directive] !== 'replace' || entry[mergeKey] !== undefined)
      .flatMap((entry) => (entry[directive] === 'replace' ? [] : [entry]))
  const lasting = entries.filter((entry) => entry[directive] !== 'delete')
  const same = (a: unknown, b: unknown) => isJsonObject(a) && isJsonObject(b) && isDeepEqual(a[mergeKey], b[mergeKey])
  if (order !== undefined) requireOrder(lasting, order, same)
  const kept = target.filter((item) => !entries.some((entry) => entry[directive] === 'delete' && same(entry, item)))
  return ordered(mergeEntries(schema.items, kept, lasting, same), target, order ?? lasting, same)
}

type Same = (a: unknown, b: unknown) => boolean

function mergeEntries(
  items: Schema | undefined,
  target: readonly unknown[],
  entries: readonly JsonObject[],
  same: Same,
): readonly unknown[] {
  const merged = [...target]
  for (const entry of entries) {
    const at = merged.findIndex((item) => same(item, entry))
    const given = merged[at]
    if (isJsonObject(given)) merged[at] = mergeObject(items, given, entry)
    else merged.push(mergeObject(items, {}, entry))
  }
  return merged
}

function keyedOrPlain({ patchMergeKey }: Schema, item: unknown): unknown {
  return patchMergeKey === undefined ? item : keyed(item, patchMergeKey)
}

function keyed(item: unknown, mergeKey: string): JsonObject {
  if (!isJsonObject(item)) throw contradictory('unable to find or use default patch metadata: expected a list of maps')
  if (item[mergeKey] === undefined && item[directive] !== 'replace')
    throw contradictory(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
  return item
}

/** The entries of a patch must stand in the order that `$setElementOrder` names. */
function requireOrder(entries: readonly JsonObject[], order: readonly unknown[], same: Same): void {
  let from = 0
  for (const entry of entries) {
    const at = order.findIndex((place, index) => index >= from && same(place, entry))
    if (at < 0)
      throw contradictory(`The order in patch list:\n${goText(entries)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`)
    from = at
  }
}

function fieldOf(schema: Schema | undefined, key: string): Schema | undefined {
  return schema?.values ?? schema?.properties?.[key]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function sameScalar(a: unknown, b: unknown): boolean {
  return isDeepEqual(a, b)
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== key))
}

function contradictory(message: string): PatchError {
  return new PatchError('contradictory', message)
}
