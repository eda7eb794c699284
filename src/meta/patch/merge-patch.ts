/** JSON merge patch (RFC 7386): applying one, making one, and the three-way form that `kubectl apply` uses for kinds without schema. */

import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import { isDeepEqual } from './equal.ts'
import { goSortOf } from './go-text.ts'
import { memberOf, setMember } from './member.ts'
import { PatchError } from './patch-error.ts'
import type { Opened } from './patched-text.ts'

/** The body of a merge patch; throws a PatchError where it is no object. */
export function parseMergePatch(patch: unknown): JsonObject {
  if (patch === null) throw new PatchError('malformed', 'Invalid JSON Patch')
  return objectOf(patch, 'error decoding patch: ')
}

/** The body of a strategic merge patch: nothing is a patch that changes nothing. */
export function parseStrategicPatch(patch: unknown): JsonObject {
  return patch === null ? {} : objectOf(patch, '')
}

function objectOf(patch: unknown, prefix: string): JsonObject {
  if (isJsonObject(patch)) return patch
  throw new PatchError('malformed', `${prefix}json: cannot unmarshal ${goSortOf(patch)} into Go value of type map[string]interface {}`)
}

/** A copy of `target` with `patch` applied: null removes, objects merge, all else replaces. */
export function applyMergePatch(target: unknown, patch: unknown, opened: Opened = new WeakSet()): unknown {
  if (!isJsonObject(target)) return withoutNulls(patch, opened)
  if (!isJsonObject(patch)) return patch
  const merged = new Map(Object.entries(target))
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) merged.delete(key)
    else merged.set(key, applyMergePatch(merged.get(key), change, opened))
  }
  return openedObject(merged, opened)
}

/** What a patch brings in where there was nothing: nulls there remove nothing. */
function withoutNulls(value: unknown, opened: Opened): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, opened))
  if (!isJsonObject(value)) return value
  const kept = Object.entries(value).filter(([, inner]) => inner !== null)
  return openedObject(
    kept.map(([key, inner]) => [key, withoutNulls(inner, opened)]),
    opened,
  )
}

function openedObject(entries: Iterable<readonly [string, unknown]>, opened: Opened): JsonObject {
  const object = Object.fromEntries(entries)
  opened.add(object)
  return object
}

/** The smallest merge patch that turns `from` into `to`. Nulls inside of `to` cannot be expressed. */
export function mergePatchBetween(from: JsonObject, to: JsonObject): JsonObject {
  return { ...changesBetween(from, to), ...removalsBetween(from, to) }
}

/**
 * What `kubectl apply` sends: deletions are what `original` had and `modified` lacks, the rest is what `modified` has and
 * `current` lacks or holds otherwise. What others added to `current` stays.
 */
export function threeWayMergePatch(original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  return deepUnion(changesBetween(current, modified), deletionsBetween(original, modified))
}

/** Additions and changes alone, at every depth. */
function changesBetween(from: JsonObject, to: JsonObject): JsonObject {
  const patch: Record<string, unknown> = {}
  for (const [key, wanted] of Object.entries(to)) {
    const given = memberOf(from, key)
    if (isDeepEqual(given, wanted)) continue
    if (!isJsonObject(given) || !isJsonObject(wanted)) setMember(patch, key, wanted)
    else Object.assign(patch, nonEmpty(key, changesBetween(given, wanted)))
  }
  return patch
}

function removalsBetween(from: JsonObject, to: JsonObject): JsonObject {
  const patch: Record<string, unknown> = {}
  for (const [key, given] of Object.entries(from)) {
    const wanted = memberOf(to, key)
    if (wanted === undefined) setMember(patch, key, null)
    else if (isJsonObject(given) && isJsonObject(wanted) && !isDeepEqual(given, wanted))
      setMember(patch, key, mergePatchBetween(given, wanted))
  }
  return patch
}

/** Nulls for what is gone, and nothing else. */
function deletionsBetween(from: JsonObject, to: JsonObject): JsonObject {
  const patch: Record<string, unknown> = {}
  for (const [key, given] of Object.entries(from)) {
    const wanted = memberOf(to, key)
    if (wanted === undefined) setMember(patch, key, null)
    else if (isJsonObject(given) && isJsonObject(wanted)) Object.assign(patch, nonEmpty(key, deletionsBetween(given, wanted)))
  }
  return patch
}

function deepUnion(a: JsonObject, b: JsonObject): JsonObject {
  const union: Record<string, unknown> = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const other = memberOf(union, key)
    setMember(union, key, isJsonObject(other) && isJsonObject(value) ? deepUnion(other, value) : value)
  }
  return union
}

function nonEmpty(key: string, patch: JsonObject): JsonObject {
  return Object.keys(patch).length === 0 ? {} : { [key]: patch }
}
