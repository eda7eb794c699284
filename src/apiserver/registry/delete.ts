/** DELETE of one object: at once, or marked and waiting for grace and finalizers. */
import { isDeepStrictEqual } from 'node:util'
import { rfc3339 } from '#base/env/clock'
import type { Kind } from '#meta/kind'
import { type KubeObject, withMeta } from '#meta/object'
import { conflict, modifiedMessage, notFound } from '#meta/status'
import type { CacheEntry } from '../cache/cache-entry.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { type DeleteOptions, deleteOptionsOf } from '../request/delete-options.ts'
import { deletedAnswer, entryAnswer } from './answers.ts'
import { isReadyToGo } from './change.ts'
import { changedEntry, commitChange, commitRemoval } from './commit.ts'
import { deleteUnreadable } from './delete-unreadable.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'
import { admissionOf } from './write-call.ts'

/** The last state of an object that was told to go. */
export type Deletion = { readonly entry: CacheEntry; readonly isGone: boolean }

export async function deleteObject(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const { info } = exchange
  const options = await deleteOptionsOf(exchange.request)
  warnOfPropagation(exchange, kind, options)
  const key = registry.viewOf(kind).keyOf(namespaceOf(kind, info), info.name)
  if (options.ignoresReadError) return await deleteUnreadable(registry, exchange, kind, key)
  const { entry, isGone } = await deleteKey(registry, exchange, kind, key, options)
  const served = registry.viewOf(kind).served(entry)
  if (isGone && !(kind.returnsDeleted === true)) return deletedAnswer(kind, served.object())
  // As upstream: a client that asked for dependents to go too is told that this is still under way.
  return entryAnswer(served, !isGone && options.orphanDependents === false ? 202 : 200)
}

/** Tells what becomes of dependents where the client did not say and may not expect it. */
export function warnOfPropagation(exchange: Exchange, kind: Kind, { propagationPolicy, orphanDependents }: DeleteOptions): void {
  if (kind.propagationWarning === undefined || propagationPolicy !== undefined || orphanDependents !== undefined) return
  exchange.warnings.push(kind.propagationWarning)
}

const attemptsMax = 20

export async function deleteKey(
  registry: Registry,
  exchange: Exchange,
  kind: Kind,
  key: string,
  options: DeleteOptions,
): Promise<Deletion> {
  const view = registry.viewOf(kind)
  await view.storage.feed.freshness(exchange.signal)
  let current = view.cache.get(key)
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    if (current === undefined) throw notFound(resourceNameOf(kind), key.slice(key.lastIndexOf('/') + 1))
    const old = view.served(current).object()
    checkPreconditions(kind, old, current.revision, options)
    await admit(registry, exchange, kind, old, options)
    const marked = markedForDeletion(registry, kind, old, options)
    const outcome = await carriedOut(registry, kind, current, marked, options.isDryRun)
    if ('entry' in outcome) return outcome
    current = outcome.current
  }
  throw conflict(resourceNameOf(kind), key.slice(key.lastIndexOf('/') + 1), modifiedMessage)
}

function checkPreconditions(kind: Kind, old: KubeObject, revision: number, { uid, resourceVersion }: DeleteOptions): void {
  const { name = '' } = old.metadata
  if (uid !== undefined && uid !== old.metadata.uid) {
    throw conflict(resourceNameOf(kind), name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
  }
  if (resourceVersion !== undefined && resourceVersion !== String(revision)) {
    const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${revision}`
    throw conflict(resourceNameOf(kind), name, why)
  }
}

async function admit(registry: Registry, exchange: Exchange, kind: Kind, old: KubeObject, options: DeleteOptions): Promise<void> {
  const question = admissionOf(exchange, kind, {
    operation: 'DELETE',
    subresource: '',
    object: old,
    old,
    isDryRun: options.isDryRun,
    options,
  })
  await registry.admission.validate(question, exchange.signal)
}

type Outcome = Deletion | { readonly current: CacheEntry | undefined }

async function carriedOut(registry: Registry, kind: Kind, old: CacheEntry, marked: KubeObject, isDryRun: boolean): Promise<Outcome> {
  const isGone = isReadyToGo(registry, kind, marked)
  // As upstream: what goes at once is answered as it was, unless its kind knows grace.
  const isPlain = isGone && kind.graceSeconds === undefined
  const shown = isPlain ? old : changedEntry(kind, old, marked)
  if (isDryRun) return { entry: shown, isGone }
  if (isGone) {
    const result = await commitRemoval(registry, kind, old)
    return result.succeeded ? { entry: shown.at(result.entry.revision), isGone } : { current: result.current }
  }
  if (isDeepStrictEqual(marked, registry.viewOf(kind).served(old).object())) return { entry: old, isGone }
  const result = await commitChange(registry, kind, old, marked)
  return result.succeeded ? { entry: result.entry, isGone } : { current: result.current }
}

/** The object with its deletion written into the metadata; the same object if a deletion under way is not hastened. */
function markedForDeletion(registry: Registry, kind: Kind, old: KubeObject, options: DeleteOptions): KubeObject {
  const nowMs = registry.clock.nowMs()
  const finalizers = finalizersFor(kind, old, options)
  const graceSeconds = kind.graceSeconds?.(old, { gracePeriodSeconds: options.gracePeriodSeconds }) ?? 0
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = old.metadata
  const rule = registry.deletionRuleOf(kind)
  if (deletionTimestamp !== undefined) {
    const isHastened = options.gracePeriodSeconds !== undefined && graceSeconds < deletionGracePeriodSeconds
    const sooner = isHastened
      ? {
          deletionTimestamp: rfc3339(Date.parse(deletionTimestamp) - (deletionGracePeriodSeconds - graceSeconds) * 1000),
          deletionGracePeriodSeconds: graceSeconds,
        }
      : {}
    return withMeta(old, { ...sooner, finalizers })
  }
  const generation = old.metadata.generation === undefined ? {} : { generation: old.metadata.generation + 1 }
  const marks = { deletionTimestamp: rfc3339(nowMs + graceSeconds * 1000), finalizers, ...generation }
  if (rule?.lingers(old) === true) return rule.mark(withMeta(old, marks))
  return withMeta(old, { ...marks, deletionGracePeriodSeconds: graceSeconds })
}

const orphanFinalizer = 'orphan'
const foregroundFinalizer = 'foregroundDeletion'

/** The garbage collector's finalizers as the propagation policy wants them; the others stay. */
function finalizersFor(kind: Kind, object: KubeObject, options: DeleteOptions): readonly string[] | undefined {
  const before = object.metadata.finalizers ?? []
  const wanted = propagationFinalizer(kind, before, options)
  const others = before.filter((finalizer) => finalizer !== orphanFinalizer && finalizer !== foregroundFinalizer)
  const after = wanted === undefined ? others : [...others, wanted]
  if (after.length === before.length && after.every((finalizer) => before.includes(finalizer))) return object.metadata.finalizers
  return after.length === 0 ? undefined : after
}

function propagationFinalizer(
  kind: Kind,
  before: readonly string[],
  { propagationPolicy, orphanDependents }: DeleteOptions,
): string | undefined {
  if (orphanDependents !== undefined) return orphanDependents ? orphanFinalizer : undefined
  switch (propagationPolicy) {
    case 'Orphan':
      return orphanFinalizer
    case 'Foreground':
      return foregroundFinalizer
    case 'Background':
      return undefined
    case undefined:
      // What an earlier delete or the client's own finalizers have asked for stays.
      if (before.includes(orphanFinalizer)) return orphanFinalizer
      if (before.includes(foregroundFinalizer)) return foregroundFinalizer
      return kind.defaultPropagation === 'Orphan' ? orphanFinalizer : undefined
  }
}
