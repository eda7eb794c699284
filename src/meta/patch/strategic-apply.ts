/**
 * Applies a strategic merge patch: as a merge patch, but lists whose schema says so are merged by key, and
 * directives (`$patch`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`) say what plain JSON cannot.
 * As upstream, directives count only where something is merged; what is new is taken as it stands, and a directive left over in it is
 * a field that nobody knows.
 */

import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import { type Schema, shortNameOf } from '../schema/schema.ts'
import { cloned } from './clone.ts'
import { isDeepEqual } from './equal.ts'
import { goText } from './go-text.ts'
import { ordered } from './list-order.ts'
import { memberOf, setMember } from './member.ts'
import { PatchError } from './patch-error.ts'

export const directive = '$patch'
export const retainKeys = '$retainKeys'
export const orderPrefix = '$setElementOrder/'
export const deletePrefix = '$deleteFromPrimitiveList/'

type Fields = Record<string, unknown>

/** A copy of `target` with `patch` applied; throws a PatchError where the patch contradicts itself or the schema. */
export function applyStrategicPatch(schema: Schema, target: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(schema, cloned(target) as Fields, cloned(patch) as Fields)
}

/** Both may be changed, and the result shares with both. */
function mergeObject(schema: Schema | undefined, target: Fields, patch: Fields): Fields {
  if (directive in patch) return directed(patch)
  retain(target, patch)
  for (const key of Object.keys(patch)) if (key.startsWith(orderPrefix)) mergeInOrder(schema, target, patch, key)
  for (const [key, change] of Object.entries(patch)) {
    if (key.startsWith(deletePrefix)) removeScalars(target, key.slice(deletePrefix.length), change)
    else if (change === null) delete target[key]
    else mergeField(schema, target, key, change)
  }
  return target
}

function directed({ [directive]: how, ...patch }: Fields): Fields {
  if (how === 'replace') return patch
  if (how === 'delete') return {}
  throw unknownDirective({ [directive]: how, ...patch })
}

function unknownDirective(patch: JsonObject): PatchError {
  const how = patch[directive]
  const shown = typeof how === 'number' || typeof how === 'boolean' ? `%!s(${goTypeNameOf(how)}=${how})` : goText(how)
  return contradictory(`unknown patch type: ${shown} in map: ${goText(patch)}`)
}

/** Takes out of the target what `$retainKeys` does not name. */
function retain(target: Fields, patch: Fields): void {
  if (!(retainKeys in patch)) return
  const { [retainKeys]: keys } = patch
  delete patch[retainKeys]
  if (!Array.isArray(keys)) throw malformed('invalid patch format of retainKeys')
  const isStray = (key: string) => patch[key] !== null && !key.startsWith(deletePrefix) && !key.startsWith(orderPrefix)
  if (Object.keys(patch).some((key) => isStray(key) && !keys.includes(key))) throw malformed('invalid patch format of retainKeys')
  for (const key of Object.keys(target)) if (!keys.includes(key)) delete target[key]
}

function mergeField(schema: Schema | undefined, target: Fields, key: string, change: unknown): void {
  const given = memberOf(target, key)
  if (Array.isArray(given) && Array.isArray(change)) {
    setMember(target, key, listField(fieldOf(schema, key), given, change))
  } else if (isJsonObject(given) && isJsonObject(change)) {
    const field = fieldOf(schema, key)
    const isReplaced = field?.patchStrategy?.includes('replace') === true
    setMember(target, key, isReplaced ? change : mergeObject(field, given as Fields, change as Fields))
  } else {
    const taken = asNew(change)
    if (taken !== undefined) setMember(target, key, taken)
  }
}

function listField(field: Schema | undefined, given: readonly unknown[], change: readonly unknown[]): readonly unknown[] {
  return field?.patchStrategy?.includes('merge') === true ? mergedList(field, given, change) : change
}

/** Scalars unite, entries with a key merge one by one. */
function mergedList(field: Schema, given: readonly unknown[], change: readonly unknown[]): readonly unknown[] {
  if (given.length === 0 && change.length === 0) return given
  if (elementSort(given, change) !== 'map') {
    const added = change.filter(
      (item, at) => !given.some((one) => isDeepEqual(one, item)) && change.findIndex((one) => isDeepEqual(one, item)) === at,
    )
    return ordered([...given, ...added], given, change, isDeepEqual)
  }
  const { patchMergeKey: mergeKey } = field
  if (mergeKey === undefined) throw contradictory(`cannot merge lists without merge key for ${field.items?.name ?? ''}`)
  const { target, entries } = withoutDirectives(given as readonly JsonObject[], change as readonly JsonObject[], mergeKey)
  const same = (a: unknown, b: unknown) => isJsonObject(a) && isJsonObject(b) && isDeepEqual(a[mergeKey], b[mergeKey])
  const merged: JsonObject[] = [...target]
  for (const entry of entries) {
    keyOf(entry, mergeKey)
    const at = merged.findIndex((item) => isDeepEqual(keyOf(item, mergeKey), entry[mergeKey]))
    const found = merged[at]
    // As upstream: an entry that is new is taken with all that stands in it.
    if (found === undefined) merged.push(entry)
    else merged[at] = mergeObject(field.items, found as Record<string, unknown>, entry as Record<string, unknown>)
  }
  return ordered(merged, target, entries, same)
}

/** The list without what the patch deletes, and the patch without entries that only say what to do. */
function withoutDirectives(
  given: readonly JsonObject[],
  change: readonly JsonObject[],
  mergeKey: string,
): { readonly target: readonly JsonObject[]; readonly entries: readonly JsonObject[] } {
  let target = given
  let isReplaced = false
  for (const entry of change) {
    if (!(directive in entry)) continue
    switch (entry[directive]) {
      case 'delete': {
        const gone = keyOf(entry, mergeKey)
        target = target.filter((item) => !isDeepEqual(keyOf(item, mergeKey), gone))
        break
      }
      case 'replace':
        isReplaced = true
        break
      case 'merge':
        throw contradictory('merging lists cannot yet be specified in the patch')
      default:
        throw unknownDirective(entry)
    }
  }
  const entries = change.filter((entry) => !(directive in entry))
  if (!isReplaced) return { target, entries }
  for (const entry of entries) keyOf(entry, mergeKey)
  return { target: entries, entries: [] }
}

function keyOf(entry: JsonObject, mergeKey: string): unknown {
  if (!(mergeKey in entry)) throw contradictory(`map: ${goText(entry)} does not contain declared merge key: ${mergeKey}`)
  return entry[mergeKey]
}

/** All entries must be of one sort. */
function elementSort(...lists: readonly (readonly unknown[])[]): string {
  let sort: string | undefined
  for (const item of lists.flat()) {
    const own = sortOf(item)
    if (own === 'slice') throw contradictory('lists of lists are not supported')
    if (sort !== undefined && sort !== own) throw contradictory(`list element types are not identical: ${goText(lists)}`)
    sort = own
  }
  return sort ?? ''
}

function sortOf(item: unknown): string {
  if (Array.isArray(item)) return 'slice'
  if (isJsonObject(item)) return 'map'
  return typeof item
}

/** What a patch brings in where there was nothing: nulls remove nothing, and what a `$patch` stands in is no value. */
function asNew(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asNew).filter((item) => item !== undefined)
  if (!isJsonObject(value)) return value
  if (directive in value) return undefined
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const taken = inner === null ? undefined : asNew(inner)
    return taken === undefined ? [] : [[key, taken]]
  })
  return Object.fromEntries(entries)
}

/** `$setElementOrder/x`: the list merged with its patch, if there is one, and put into the order that the directive names. */
function mergeInOrder(schema: Schema | undefined, target: Fields, patch: Fields, directiveKey: string): void {
  const key = directiveKey.slice(orderPrefix.length)
  const [given, change] = [memberOf(target, key), memberOf(patch, key)]
  const field = fieldOf(schema, key)
  if (field === undefined)
    throw contradictory(
      `unable to find api field in struct ${schema === undefined ? '' : shortNameOf(schema)} for the json field ${JSON.stringify(key)}`,
    )
  const [places = [], before = [], changes = []] = [patch[directiveKey], given ?? [], change === undefined ? [] : change].map(listOrRefusal)
  delete patch[directiveKey]
  if (given === undefined && change === undefined) return
  const mergeKey = field?.patchMergeKey
  const same = mergeKey === undefined ? isDeepEqual : sameBy(mergeKey)
  if (mergeKey !== undefined) for (const [index, place] of places.entries()) keyOf(mapOrRefusal(place, index), mergeKey)
  requireOrder(changes, places, { same, mergeKey })
  const merged = change === undefined ? before : given === undefined ? asNew(changes) : listField(field, before, changes)
  setMember(target, key, ordered(merged as readonly unknown[], before, places, same))
  delete patch[key]
}

function listOrRefusal(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw contradictory(`expected a []interface {}, but received a ${goTypeNameOf(value)}`)
}

function mapOrRefusal(value: unknown, index: number): JsonObject {
  if (isJsonObject(value)) return value
  throw contradictory(`value for key ${index} is not a map`)
}

function goTypeNameOf(value: unknown): string {
  if (value === null) return '%!s(<nil>)'
  if (isJsonObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'int64'
}

type Same = (a: unknown, b: unknown) => boolean

function sameBy(mergeKey: string): Same {
  return (a, b) => isJsonObject(a) && isJsonObject(b) && isDeepEqual(a[mergeKey], b[mergeKey])
}

/** The entries of a patch must stand in the order that `$setElementOrder` names, if it names one. */
function requireOrder(
  changes: readonly unknown[],
  places: readonly unknown[],
  { same, mergeKey }: { readonly same: Same; readonly mergeKey: string | undefined },
): void {
  if (places.length === 0) return
  let from = 0
  for (const entry of changes) {
    if (mergeKey !== undefined && isJsonObject(entry)) {
      if (directive in entry) continue
      if (from < places.length) keyOf(entry, mergeKey)
    }
    const at = places.findIndex((place, index) => index >= from && same(place, entry))
    if (at < 0)
      throw contradictory(`The order in patch list:\n${goText(changes)}\n doesn't match $setElementOrder list:\n${goText(places)}\n`)
    from = at + 1
  }
}

function removeScalars(target: Fields, key: string, removed: unknown): void {
  const given = memberOf(target, key)
  if (!Array.isArray(given) || !Array.isArray(removed)) return
  setMember(
    target,
    key,
    given.filter((item) => !removed.some((gone) => isDeepEqual(gone, item))),
  )
}

function fieldOf(schema: Schema | undefined, key: string): Schema | undefined {
  return schema?.values ?? (Object.hasOwn(schema?.properties ?? {}, key) ? schema?.properties?.[key] : undefined)
}

function contradictory(message: string): PatchError {
  return new PatchError('contradictory', message)
}

function malformed(message: string): PatchError {
  return new PatchError('malformed', message)
}
