/**
 * The rules of ownership. An update takes what it changes away from everyone else; an apply owns what its configuration
 * names, collides with others who own what it would change, and lets go of what it no longer names: that goes
 * away if nobody else owns it.
 */
import { isDeepEqual } from '../patch/equal.ts'
import type { Schema } from '../schema/schema.ts'
import { capUpdates } from './cap-updates.ts'
import { type Comparison, compare } from './compare.ts'
import { ApplyConflict, type Conflict } from './conflict.ts'
import { difference, emptySet, type FieldSet, intersection, isEmptySet, isSameSet, recursiveDifference, union } from './field-set.ts'
import { fieldSetOf } from './field-set-of.ts'
import { identityOf, type Manager, type Managers, type Writer } from './managers.ts'
import { merge } from './merge.ts'
import { pruned } from './prune.ts'
import { setOfPaths } from './server-fields.ts'

/** A value and the schema of the version that it is in. */
export type Typed = { readonly schema: Schema; readonly value: unknown }

/** What is written, and how its versions hang together. */
export type Resource = {
  readonly schema: Schema
  /** The version of the request. */
  readonly apiVersion: string
  /** What this way of writing cannot change. */
  readonly unreachable: FieldSet
  /** A value of the request's version in another one; undefined if that is served no more. */
  readonly convert: (value: unknown, apiVersion: string) => Typed | undefined
}

/** What everyone can write, and nobody owns. */
const ofServer = setOfPaths([
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'creationTimestamp'],
  ['metadata', 'selfLink'],
  ['metadata', 'uid'],
  ['metadata', 'clusterName'],
  ['metadata', 'generation'],
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
])

export type Update = { readonly live: unknown; readonly next: unknown; readonly writer: Writer; readonly now: string }

/** The managers after an update; the same ones if nothing changed hands. */
export function afterUpdate(resource: Resource, managers: Managers, { live, next, writer, now }: Update): Managers {
  const change = reachable(resource, compare(resource.schema, live, next))
  if (isNoChange(change)) return managers
  const left = released(resource, managers, { live, next, change }, undefined)
  const taken = difference(union(change.modified, change.added), ofServer)
  if (!isEmptySet(taken)) {
    const id = identityOf(writer)
    const before = left.get(id)
    left.set(id, { ...writer, time: now, set: before === undefined ? taken : union(taken, before.set), entry: before?.entry })
  }
  return capUpdates(left)
}

export type Apply = {
  readonly live: unknown
  readonly config: unknown
  readonly writer: Writer
  readonly now: string
  readonly isForced: boolean
}

/** `value` is undefined if the configuration changes nothing. */
export type Applied = { readonly value: unknown; readonly managers: Managers }

/** Throws an ApplyConflict. */
export function afterApply(resource: Resource, managers: Managers, { live, config, writer, now, isForced }: Apply): Applied {
  const id = identityOf(writer)
  const last = managers.get(id)
  const set = recursiveDifference(fieldSetOf(resource.schema, config), resource.unreachable)
  const claimed = new Map(managers).set(id, { ...writer, time: last?.time, set, entry: last?.entry })
  const merged = merge(resource.schema, live, config)
  const next = last === undefined ? merged : pruned(resource, merged, claimed, last)
  const change = reachable(resource, compare(resource.schema, live, next))
  const left = released(resource, claimed, { live, next, change }, { id, isForced })
  const isSame = isDeepEqual(live, next)
  settle(left, id, isSame ? undefined : now, last)
  return { value: isSame ? undefined : next, managers: left }
}

/** The applier's own entry: without what nobody owns, and with the time of the change if there was one. It stays `last` if it says the same. */
function settle(managers: Map<string, Manager>, id: string, now: string | undefined, last: Manager | undefined): void {
  const own = managers.get(id)
  if (own === undefined) return
  const set = difference(own.set, ofServer)
  if (isEmptySet(set)) managers.delete(id)
  else if (now === undefined && last?.apiVersion === own.apiVersion && isSameSet(set, last.set)) managers.set(id, last)
  else managers.set(id, { ...own, set, time: now ?? own.time })
}

function reachable({ unreachable }: Resource, change: Comparison): Comparison {
  if (isEmptySet(unreachable)) return change
  const [added, modified, removed] = [change.added, change.modified, change.removed].map((set) => recursiveDifference(set, unreachable))
  return { added: added ?? emptySet, modified: modified ?? emptySet, removed: removed ?? emptySet }
}

function isNoChange({ added, modified, removed }: Comparison): boolean {
  return isEmptySet(added) && isEmptySet(modified) && isEmptySet(removed)
}

type Step = { readonly live: unknown; readonly next: unknown; readonly change: Comparison }

/** The managers without what the change takes from them; who applies keeps its own, and collides with others unless forced. */
function released(
  resource: Resource,
  managers: Managers,
  step: Step,
  applier: { readonly id: string; readonly isForced: boolean } | undefined,
): Map<string, Manager> {
  const left = new Map<string, Manager>()
  const conflicts: Conflict[] = []
  const changes = changesByVersion(resource, step)
  for (const [id, manager] of managers) {
    if (id === applier?.id) {
      if (!isEmptySet(manager.set)) left.set(id, manager)
      continue
    }
    const change = changes(manager.apiVersion)
    // Its version is served no more.
    if (change === undefined) continue
    const lost = intersection(manager.set, union(change.modified, change.added))
    if (!isEmptySet(lost)) conflicts.push({ owner: manager, fields: lost })
    const set = difference(difference(manager.set, lost), change.removed)
    if (!isEmptySet(set)) left.set(id, set === manager.set ? manager : { ...manager, set })
  }
  if (applier?.isForced === false && conflicts.length > 0) throw new ApplyConflict(conflicts)
  return left
}

/** The change as seen in another version, computed once for each. */
function changesByVersion(resource: Resource, { live, next, change }: Step): (apiVersion: string) => Comparison | undefined {
  const known = new Map<string, Comparison | undefined>([[resource.apiVersion, change]])
  return (apiVersion) => {
    if (known.has(apiVersion)) return known.get(apiVersion)
    const before = resource.convert(live, apiVersion)
    const after = resource.convert(next, apiVersion)
    const converted =
      before === undefined || after === undefined ? undefined : reachable(resource, compare(before.schema, before.value, after.value))
    known.set(apiVersion, converted)
    return converted
  }
}
