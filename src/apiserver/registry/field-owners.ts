/**
 * `metadata.managedFields` on its way through a write: who owned what, what the write changes, who owns what then. The rules
 * are in `meta/managed-fields`; here is what they need to know of kinds and requests.
 */
import { isDeepStrictEqual } from 'node:util'
import { nowRfc3339 } from '#base/env/clock'
import type { Kind } from '#meta/kind'
import { ApplyConflict } from '#meta/managed-fields/conflict'
import { emptySet, type FieldSet } from '#meta/managed-fields/field-set'
import { afterKubectlApply } from '#meta/managed-fields/last-applied'
import {
  isSameButForTimes,
  type Managers,
  noManagers,
  type Operation,
  sentManagers,
  storedManagers,
  type Writer,
  writeManagers,
} from '#meta/managed-fields/managers'
import { afterApply, afterUpdate, type Resource, type Typed } from '#meta/managed-fields/ownership'
import { setOfPaths } from '#meta/managed-fields/server-fields'
import { type KubeObject, withMeta } from '#meta/object'
import { decode } from '#meta/schema/decode'
import { isJsonObject } from '#meta/schema/go-type'
import { StatusError } from '#meta/status'
import type { ManagedFieldsEntry } from '#meta/types.gen'
import type { Exchange } from '../exchange.ts'
import { managerOf, type WriteOptions } from '../request/write-options.ts'
import type { Registry } from './registry.ts'
import { semanticForm } from './semantic-form.ts'

export type Entries = readonly ManagedFieldsEntry[] | undefined

/** One write: what its rules of ownership depend on besides the objects. */
export type OwnedWrite = { readonly resource: Resource; readonly writer: Writer; readonly now: string }

/** `subresource` is '' for the object itself. */
export function ownedWrite(
  registry: Registry,
  exchange: Exchange,
  kind: Kind,
  write: { readonly subresource: string; readonly operation: Operation; readonly options: WriteOptions },
): OwnedWrite {
  const { subresource, operation, options } = write
  return {
    resource: resourceOf(registry, kind, subresource),
    writer: { ...writerOf(exchange, options, operation), apiVersion: kind.apiVersion, subresource },
    now: nowRfc3339(registry.clock),
  }
}

/** A new object that the server makes itself. */
export function withServerAsCreator(registry: Registry, kind: Kind, object: KubeObject): KubeObject {
  const writer: Writer = { name: 'kube-apiserver', operation: 'Update', apiVersion: kind.apiVersion, subresource: '' }
  const write = { live: zeroOf(kind), next: object, writer, now: nowRfc3339(registry.clock) }
  return withMeta(object, { managedFields: writeManagers(afterUpdate(resourceOf(registry, kind, ''), noManagers, write)) })
}

/** A write of a status by the server itself. */
export function ownStatusWrite(registry: Registry, kind: Kind): OwnedWrite {
  return {
    resource: resourceOf(registry, kind, 'status'),
    writer: { name: 'kube-apiserver', operation: 'Update', apiVersion: kind.apiVersion, subresource: 'status' },
    now: nowRfc3339(registry.clock),
  }
}

export function writerOf(exchange: Exchange, options: WriteOptions, operation: Operation): Pick<Writer, 'name' | 'operation'> {
  return { name: managerOf(options, exchange.request.headers['user-agent']), operation }
}

/** A new object, owned by who sent it. */
export function withCreator(registry: Registry, exchange: Exchange, kind: Kind, object: KubeObject, options: WriteOptions): KubeObject {
  const { resource, writer, now } = ownedWrite(registry, exchange, kind, { subresource: '', operation: 'Update', options })
  const sent = object.metadata.managedFields
  const before = isReset(sent) ? noManagers : ((sent === undefined ? undefined : sentManagers(sent)) ?? noManagers)
  const managers = afterUpdate(resource, before, { live: zeroOf(kind), next: object, writer, now })
  return withMeta(object, { managedFields: writeManagers(managers) })
}

/** `sent` is what the client sent, `next` what of it the write may reach. */
export type UpdateStates = { readonly old: KubeObject; readonly sent: KubeObject; readonly next: KubeObject }

/** Who owns what after an update. */
export function ownersAfterUpdate({ resource, writer, now }: OwnedWrite, { old, sent, next }: UpdateStates): Entries {
  const stored = old.metadata.managedFields
  // Only a write of the object itself may say who owns it.
  const given = writer.subresource === '' ? sent.metadata.managedFields : undefined
  if (isReset(given)) return undefined
  const before = managersBefore(stored, given)
  // As upstream: an object whose owners were cleared has none until it is applied.
  if (before.size === 0) return undefined
  const after = afterUpdate(resource, before, { live: old, next, writer, now })
  return after === before && given === undefined ? stored : writeManagers(after)
}

function managersBefore(stored: Entries, given: Entries): Managers {
  const sent = given === undefined ? undefined : sentManagers(given)
  return sent === undefined || sent.size === 0 ? storedManagers(stored) : sent
}

/** What a client sends to make everyone let go: a list with one empty entry. */
function isReset(entries: Entries): boolean {
  const [only] = entries ?? []
  return entries?.length === 1 && only !== undefined && Object.keys(only).length === 0
}

export type ApplyStates = { readonly live: KubeObject; readonly config: unknown; readonly isForced: boolean }

/** The state after an apply, not decoded yet, and who owns what then; `live` itself where the apply changes nothing at all. Throws 409 where others own what it would change. */
export function stateAfterApply(write: OwnedWrite, states: ApplyStates): { readonly value: unknown; readonly owners: Entries } {
  const { resource, writer, now } = write
  const { config, isForced } = states
  const live = withMeta(states.live, { managedFields: undefined })
  const before = managersBeforeApply(write, states.live)
  const apply = writer.name === 'kubectl' ? afterKubectlApply : afterApply
  try {
    const { value, managers } = apply(resource, before, { live, config, writer, now, isForced })
    const { managedFields } = states.live.metadata
    if (value === undefined && managedFields !== undefined && isSameTable(managers, before))
      return { value: states.live, owners: managedFields }
    return { value: value ?? live, owners: writeManagers(managers) }
  } catch (error) {
    if (error instanceof ApplyConflict) throw new StatusError(409, 'Conflict', error.message, { causes: error.causes() }, error)
    throw error
  }
}

function isSameTable(a: Managers, b: Managers): boolean {
  return a.size === b.size && [...a].every(([id, manager]) => manager === b.get(id))
}

/** What nobody owns yet belongs, as far as it is there, to an updater of before. */
function managersBeforeApply({ resource, writer, now }: OwnedWrite, live: KubeObject): Managers {
  const stored = storedManagers(live.metadata.managedFields)
  if (stored.size > 0) return stored
  const updater: Writer = { ...writer, name: 'before-first-apply', operation: 'Update' }
  const bare = withMeta(live, { managedFields: undefined })
  return afterUpdate(resource, noManagers, { live: zeroOf({ ...live, schema: resource.schema }), next: bare, writer: updater, now })
}

/** If only the times of ownership would change, they do not: such a write is none. */
export function withOldTimes(next: KubeObject, old: KubeObject): KubeObject {
  const [after, before] = [next.metadata.managedFields, old.metadata.managedFields]
  if (after === before || after === undefined || before === undefined || !isSameButForTimes(after, before)) return next
  return isDeepStrictEqual(comparable(next), comparable(old)) ? withMeta(next, { managedFields: before }) : next
}

/** Without what differs in each write. */
function comparable(object: KubeObject): unknown {
  return semanticForm(withMeta(object, { managedFields: undefined, resourceVersion: undefined }))
}

const zeros = new WeakMap<Kind['schema'], KubeObject>()

/** What a new object is compared with: one of its kind that holds nothing. */
export function zeroOf({ schema, apiVersion, kind }: Pick<Kind, 'schema' | 'apiVersion' | 'kind'>): KubeObject {
  let zero = zeros.get(schema)
  if (zero === undefined) {
    zero = withoutEmptyLists(decode<KubeObject>(schema, { apiVersion, kind, metadata: {} })) as KubeObject
    zeros.set(schema, zero)
  }
  return zero
}

/** A list that clients must send is empty in a decoded object; in one that holds nothing it is not there. */
function withoutEmptyLists(value: unknown): unknown {
  if (!isJsonObject(value)) return value
  const kept = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0))
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutEmptyLists(inner)]))
}

function resourceOf(registry: Registry, kind: Kind, subresource: string): Resource {
  return {
    schema: kind.schema,
    apiVersion: kind.apiVersion,
    unreachable: unreachableFor(kind, subresource),
    convert: (value, apiVersion) => converted(registry, kind, value, apiVersion),
  }
}

const sets = new Map<string, FieldSet>()

function unreachableFor(kind: Kind, subresource: string): FieldSet {
  const writesStatus = subresource === 'status' || subresource === 'approval'
  const paths = writesStatus ? (kind.status?.resets ?? ['spec']) : (kind.update.resets ?? (kind.status === undefined ? [] : ['status']))
  if (paths.length === 0) return emptySet
  const key = paths.join(' ')
  let set = sets.get(key)
  if (set === undefined) sets.set(key, (set = setOfPaths(paths.map((path) => path.split('.')))))
  return set
}

/** By way of the version that is stored. */
function converted(registry: Registry, kind: Kind, value: unknown, apiVersion: string): Typed | undefined {
  const target = registry.kinds.byKind(apiVersion, kind.kind)
  const storedKind = kind.storedAs?.kind ?? kind
  if (target === undefined || (target.storedAs?.kind ?? target) !== storedKind) return undefined
  const object = decode<KubeObject>(kind.schema, value)
  const stored = kind.storedAs === undefined ? object : kind.storedAs.toStored(object)
  return { schema: target.schema, value: target.storedAs === undefined ? stored : target.storedAs.fromStored(stored) }
}
