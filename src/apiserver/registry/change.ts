/**
 * Every change of an object that exists, whatever asked for it: the new state is computed from the current one,
 * admitted, validated and swapped in; if someone else wrote in between, all of it is done again.
 */
import { isDeepStrictEqual } from 'node:util'
import { assert } from '#base/assert'
import { type FieldError, FieldPath, invalid } from '#meta/field-path'
import type { Kind, UpdateRules } from '#meta/kind'
import { type KubeObject, withMeta } from '#meta/object'
import { validateMetaContents, validateObjectMetaUpdate, validateStandardFinalizers } from '#meta/object-meta-validation'
import { conflict, invalidObject, modifiedMessage, notFound, StatusError } from '#meta/status'
import type { ObjectMeta } from '#meta/types.gen'
import type { CacheEntry, ObjectEntry } from '../cache/cache-entry.ts'
import type { KindView } from '../cache/kind-view.ts'
import type { Exchange } from '../exchange.ts'
import type { Alongside } from '../services/write-hook.ts'
import { type CommitResult, changedEntry, commitChange, commitRemoval } from './commit.ts'
import { type Entries, type UpdateStates, withOldTimes } from './field-owners.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { semanticForm } from './semantic-form.ts'
import { withInheritedMeta } from './system-metadata.ts'
import { admissionOf, factsOf } from './write-call.ts'

export type Change = {
  /** '' for the object itself. */
  readonly subresource: string
  readonly rules: UpdateRules<KubeObject>
  readonly isDryRun: boolean
  readonly options: unknown
  /** The wanted state; may be called again with a newer `current`. Throws to refuse. */
  readonly next: (current: KubeObject) => KubeObject | Promise<KubeObject>
  /** Only a PUT of some kinds must name the revision that it replaces. */
  readonly mustNameRevision?: boolean
  /** A PUT names the object that it means by its uid too. */
  readonly uidIsPrecondition?: boolean
  /** The change is none that those who follow the object's spec have to take up. */
  readonly keepsGeneration?: boolean
  /** Who owns what after the change; without it as before. */
  readonly owners?: (states: UpdateStates) => Entries
  /** The part of the object that this way of writing reaches; the rest stays as it was. Without it: everything but status. */
  readonly confine?: (next: KubeObject, old: KubeObject) => KubeObject
}

/** The object after the change; `wasRemoved` if the change was the last thing that a deletion waited for. */
export type Changed = { readonly entry: ObjectEntry; readonly wasRemoved: boolean }

const attemptsMax = 20

export async function changeObject(registry: Registry, exchange: Exchange, kind: Kind, key: string, change: Change): Promise<Changed> {
  const view = registry.viewOf(kind)
  const { feed } = view.storage
  let current = view.cache.get(key)
  // The cache may lag behind a shared store. As upstream: a swap that succeeds proves that it did not; anything else is decided anew.
  let isNewest = !feed.isShared
  const warningCount = exchange.warnings.length
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    exchange.warnings.splice(warningCount)
    const outcome = await outcomeOf(tryChange(registry, exchange, kind, { current, key, change }))
    exchange.signal.throwIfAborted()
    if ('result' in outcome && !outcome.result.succeeded) {
      current = outcome.result.current
      isNewest = true
      continue
    }
    if (isNewest || ('result' in outcome && outcome.result.succeeded && outcome.result.wasWritten)) return changedOf(view, outcome)
    await feed.freshness(exchange.signal)
    current = view.cache.get(key)
    isNewest = true
  }
  throw conflict(resourceNameOf(kind), exchange.info.name, modifiedMessage)
}

type Attempt = { readonly current: CacheEntry | undefined; readonly key: string; readonly change: Change }

async function tryChange(registry: Registry, exchange: Exchange, kind: Kind, { current, key, change }: Attempt): Promise<Written> {
  if (current === undefined) throw notFound(resourceNameOf(kind), exchange.info.name)
  const old = registry.viewOf(kind).served(current).object()
  const situation = { old, revision: current.revision, key, change }
  const admitted = await admittedState(registry, exchange, kind, situation)
  if (admitted === old && !isReadyToGo(registry, kind, old)) return await unchanged(registry, exchange, kind, current, situation)
  using claimed = change.subresource === '' ? registry.writeHookOf(kind)?.beforeUpdate(admitted, old, change) : undefined
  const next = await prepared(registry, exchange, kind, claimed?.object ?? admitted, situation)
  return await written(registry, kind, current, next, { isDryRun: change.isDryRun, alongside: claimed })
}

/** What an attempt came to; a refusal is one of the outcomes. */
type Outcome = { readonly result: Written } | { readonly refusal: StatusError }

async function outcomeOf(attempt: Promise<Written>): Promise<Outcome> {
  try {
    return { result: await attempt }
  } catch (error) {
    if (error instanceof StatusError) return { refusal: error }
    throw error
  }
}

function changedOf(view: KindView, outcome: Outcome): Changed {
  if ('refusal' in outcome) throw outcome.refusal
  assert(outcome.result.succeeded, 'a swap that failed is tried again')
  return { entry: view.served(outcome.result.entry), wasRemoved: outcome.result.wasRemoved }
}

type Situation = { readonly old: KubeObject; readonly revision: number; readonly key: string; readonly change: Change }

/** What was asked for, inside of what this way of writing may touch, after mutating admission. */
async function admittedState(registry: Registry, exchange: Exchange, kind: Kind, situation: Situation): Promise<KubeObject> {
  const { old, change } = situation
  const wanted = await change.next(old)
  checkPreconditions(kind, wanted, situation)
  const owned = wanted === old ? old : ownedState(kind, wanted, situation)
  const admitted = await registry.admission.mutate(questionOf(exchange, kind, situation, owned), exchange.signal)
  return admitted === old ? old : withOldTimes(admitted, old)
}

function ownedState(kind: Kind, wanted: KubeObject, { old, change }: Situation): KubeObject {
  const confined = (change.confine ?? keepStatus(kind))(withInheritedMeta(wanted, old), old)
  return change.owners === undefined ? confined : withOwners(confined, change.owners({ old, sent: wanted, next: confined }))
}

const warningsOfKept = new WeakMap<KubeObject, readonly string[]>()

/** What is stored already was found valid then; what is there to be said about it is said again, as upstream. */
async function unchanged(registry: Registry, exchange: Exchange, kind: Kind, current: CacheEntry, situation: Situation): Promise<Written> {
  const { old, change } = situation
  if (change.subresource === '' && kind.warnings !== undefined) {
    let warnings = warningsOfKept.get(old)
    if (warnings === undefined) warningsOfKept.set(old, (warnings = [...kind.warnings(old, old)]))
    exchange.warnings.push(...warnings)
  }
  await registry.admission.validate(questionOf(exchange, kind, situation, old), exchange.signal)
  return { succeeded: true, entry: current, wasRemoved: false, wasWritten: false }
}

function withOwners(object: KubeObject, managedFields: Entries): KubeObject {
  return managedFields === object.metadata.managedFields ? object : withMeta(object, { managedFields })
}

/** As upstream: several layers look at the metadata, and each tells what it finds. */
function metaErrors(kind: Kind, next: ObjectMeta, old: ObjectMeta, subresource: string): readonly FieldError[] {
  const ofChange = [...validateObjectMetaUpdate(next, old)]
  const ofContents = [...validateMetaContents(next)]
  const ofFinalizers = kind.takesBareFinalizers === true ? [] : [...validateStandardFinalizers(next)]
  return [
    ...ofChange,
    ...ofContents,
    ...(kind.leavesMetaToGenericCheck === true ? [] : [...ofChange, ...ofFinalizers]),
    ...(kind.checksMetaAnew === true && subresource === '' ? [...ofContents, ...ofFinalizers] : []),
  ]
}

/** The state to store; throws 422 if it may not be. */
async function prepared(
  registry: Registry,
  exchange: Exchange,
  kind: Kind,
  admitted: KubeObject,
  situation: Situation,
): Promise<KubeObject> {
  const { old, change } = situation
  const { subresource, rules } = change
  const facts = factsOf(registry, exchange, subresource)
  const next = rules.prepare?.(admitted, old, facts) ?? admitted
  const ready = change.keepsGeneration === true ? next : withGeneration(kind, next, old)
  const errors = [
    ...metaErrors(kind, ready.metadata, old.metadata, subresource),
    ...(subresource === '' && rules.validatesAlone !== true ? (kind.validate?.(ready, facts) ?? []) : []),
    ...(rules.validate?.(ready, old, facts) ?? []),
  ]
  if (errors.length > 0) throw invalidObject(kind.storedAs?.kind ?? kind, old.metadata.name ?? '', errors)
  if (subresource === '' || subresource === 'scale') exchange.warnings.push(...(kind.warnings?.(ready, old) ?? []))
  await registry.admission.validate(questionOf(exchange, kind, situation, ready), exchange.signal)
  return ready
}

function questionOf(exchange: Exchange, kind: Kind, { old, change }: Situation, object: KubeObject) {
  const { subresource, isDryRun, options } = change
  return admissionOf(exchange, kind, { operation: 'UPDATE', subresource, object, old, isDryRun, options })
}

/** Optimistic locking, and that the object is still the one the client means. */
function checkPreconditions(kind: Kind, wanted: KubeObject, { old, revision, key, change }: Situation): void {
  const { resourceVersion = '', uid = '' } = wanted.metadata
  const name = old.metadata.name ?? ''
  const isUnconditional = resourceVersion === '' || resourceVersion === '0'
  if (change.uidIsPrecondition === true && uid !== '' && uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`
    const detail = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`
    throw conflict({ group: kind.group, plural: kind.plural }, name, detail)
  }
  if (isUnconditional) {
    if (change.mustNameRevision !== true) return
    throw invalidObject({ group: kind.group, kind: kind.plural }, name, [
      invalid(FieldPath.of('metadata', 'resourceVersion'), 0, 'must be specified for an update'),
    ])
  }
  if (!/^[0-9]+$/.test(resourceVersion))
    throw new StatusError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
  if (Number(resourceVersion) !== revision) throw conflict({ group: kind.group, plural: kind.plural }, name, modifiedMessage)
}

function keepStatus(kind: Kind): (next: KubeObject, old: KubeObject) => KubeObject {
  if (kind.status === undefined) return (next) => next
  return (next, old) => {
    const { status: _, ...rest } = next as KubeObject & { readonly status?: unknown }
    return 'status' in old ? { ...rest, status: old.status } : rest
  }
}

/** Counts changes outside of metadata and status. */
function withGeneration(kind: Kind, next: KubeObject, old: KubeObject): KubeObject {
  if (!kind.hasGeneration || isDeepStrictEqual(contentOf(next), contentOf(old))) return next
  return withMeta(next, { generation: (old.metadata.generation ?? 0) + 1 })
}

function contentOf(object: KubeObject): unknown {
  const { metadata: _metadata, status: _status, ...content } = object as KubeObject & { readonly status?: unknown }
  return semanticForm(content)
}

type Written =
  | (Extract<CommitResult, { succeeded: true }> & { readonly wasRemoved: boolean; readonly wasWritten: boolean })
  | Extract<CommitResult, { succeeded: false }>

type WriteFacts = { readonly isDryRun: boolean; readonly alongside: Alongside | undefined }

async function written(
  registry: Registry,
  kind: Kind,
  old: CacheEntry,
  next: KubeObject,
  { isDryRun, alongside }: WriteFacts,
): Promise<Written> {
  const wasRemoved = isReadyToGo(registry, kind, next)
  if (isDryRun || wasRemoved) {
    const shown = changedEntry(kind, old, next)
    if (isDryRun) return { succeeded: true, entry: shown, wasRemoved, wasWritten: false }
    const result = await commitRemoval(registry, kind, old)
    return result.succeeded ? { succeeded: true, entry: shown, wasRemoved, wasWritten: true } : result
  }
  const result = await commitChange(registry, kind, old, next, alongside)
  return result.succeeded ? { ...result, wasRemoved, wasWritten: result.entry !== old } : result
}

/** Whether a deletion under way has nothing to wait for any more. */
export function isReadyToGo(registry: Registry, kind: Kind, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds !== 0 || finalizers.length > 0) return false
  return registry.deletionRuleOf(kind)?.lingers(object) !== true
}
