/**
 * Makes strategic merge patches: the three-way form of client-side `kubectl apply`, and the plain difference of two objects.
 * One walk decides per field: what the user dropped is deleted, what differs from the server is set, what others wrote stays.
 */

import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'
import { isDeepEqual } from './equal.ts'
import { goText } from './go-text.ts'
import { PatchError } from './patch-error.ts'
import { deletePrefix, directive, orderPrefix, retainKeys } from './strategic-apply.ts'

/** `original`: what was applied last; `modified`: what is applied now; `current`: what the server has. */
export function threeWayStrategicPatch(schema: Schema, original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  return diffObject(schema, { original, modified, current })
}

/** The patch that turns `from` into `to`. */
export function strategicPatchBetween(schema: Schema, from: JsonObject, to: JsonObject): JsonObject {
  return threeWayStrategicPatch(schema, from, to, from)
}

type Three<T> = { readonly original: T; readonly modified: T; readonly current: T }

function diffObject(schema: Schema | undefined, { original, modified, current }: Three<JsonObject>): JsonObject {
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(original)) if (modified[key] === undefined) patch[key] = null
  for (const [key, wanted] of Object.entries(modified)) {
    const field = schema?.values ?? schema?.properties?.[key]
    Object.assign(patch, diffField(key, field, { original: original[key], modified: wanted, current: current[key] }))
  }
  return patch
}

function diffField(key: string, schema: Schema | undefined, { original, modified, current }: Three<unknown>): JsonObject {
  if (isJsonObject(modified) && isJsonObject(current) && schema?.patchStrategy?.includes('replace') !== true) {
    const inner = diffObject(schema, { original: isJsonObject(original) ? original : {}, modified, current })
    return Object.keys(inner).length === 0 ? {} : { [key]: retaining(schema, modified, inner) }
  }
  if (Array.isArray(modified) && Array.isArray(current) && schema?.patchStrategy?.includes('merge') === true) {
    const lists = { original: Array.isArray(original) ? original : [], modified, current }
    return schema.patchMergeKey === undefined ? diffScalars(key, lists) : diffEntries(key, schema, schema.patchMergeKey, lists)
  }
  return isDeepEqual(modified, current) ? {} : { [key]: modified }
}

/** Where the schema asks for it, a changed struct says which fields may stay. */
function retaining(schema: Schema | undefined, modified: JsonObject, patch: JsonObject): JsonObject {
  return schema?.patchStrategy?.includes('retainKeys') === true ? { [retainKeys]: Object.keys(modified).sort(), ...patch } : patch
}

function diffEntries(
  key: string,
  schema: Schema,
  mergeKey: string,
  { original, modified, current }: Three<readonly unknown[]>,
): JsonObject {
  const find = (list: readonly unknown[], wanted: JsonObject) =>
    list.filter(isJsonObject).find((item) => isDeepEqual(item[mergeKey], wanted[mergeKey]))
  const entries: JsonObject[] = []
  const wanted = modified.map((item) => keyed(item, mergeKey))
  for (const item of wanted) {
    const there = find(current, item)
    const inner =
      there === undefined ? item : diffObject(schema.items, { original: find(original, item) ?? {}, modified: item, current: there })
    if (there === undefined) entries.push(inner)
    else if (Object.keys(inner).length > 0) entries.push({ ...retaining(schema, item, inner), [mergeKey]: item[mergeKey] })
  }
  for (const item of original.filter(isJsonObject)) {
    if (find(wanted, item) === undefined) entries.push({ [directive]: 'delete', [mergeKey]: item[mergeKey] })
  }
  const keys = (list: readonly unknown[]) => list.filter(isJsonObject).map((item) => ({ [mergeKey]: item[mergeKey] }))
  const isReordered = !isInOrder(keys(wanted), keys(current))
  if (entries.length === 0 && !isReordered) return {}
  return { [orderPrefix + key]: keys(wanted), ...(entries.length === 0 ? {} : { [key]: entries }) }
}

function diffScalars(key: string, { original, modified, current }: Three<readonly unknown[]>): JsonObject {
  const added = modified.filter((item) => !current.includes(item))
  const removed = original.filter((item) => !modified.includes(item))
  if (added.length === 0 && removed.length === 0 && isInOrder(modified, current)) return {}
  return {
    [orderPrefix + key]: modified,
    ...(added.length === 0 ? {} : { [key]: added }),
    ...(removed.length === 0 ? {} : { [deletePrefix + key]: removed }),
  }
}

/** Whether what both lists hold stands in the same order in both. */
function isInOrder(wanted: readonly unknown[], current: readonly unknown[]): boolean {
  const shared = (list: readonly unknown[], other: readonly unknown[]) => list.filter((item) => other.some((one) => isDeepEqual(one, item)))
  return isDeepEqual(shared(wanted, current), shared(current, wanted))
}

function keyed(item: unknown, mergeKey: string): JsonObject {
  if (isJsonObject(item) && item[mergeKey] !== undefined) return item
  throw new PatchError('contradictory', `map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
}
