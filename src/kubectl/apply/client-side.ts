/** Client-side apply: the difference of what was applied last, what is applied now and what the server has, sent as a patch. */
import { threeWayMergePatch } from '#meta/patch/merge-patch'
import { threeWayStrategicPatch } from '#meta/patch/strategic-diff'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { Cluster } from '../cluster.ts'
import type { Call } from '../command.ts'
import { withSource } from '../errors.ts'
import type { DryRun } from '../print/outcome.ts'
import { createObject, getObject, type PatchKind, patchObject } from '../resources/access.ts'
import { builtInSchemaOf } from '../resources/built-in-schemas.ts'
import { type Deletion, deleteAndWait } from '../resources/deletion.ts'
import { patchedLocally } from '../resources/local-patch.ts'
import type { ObjectQuery } from '../resources/queries.ts'
import type { AnyObject, Fields } from '../resources/unstructured.ts'
import { lastAppliedAnnotation, lastAppliedOf, withLastApplied } from './last-applied.ts'

export type Applied = { readonly object: AnyObject; readonly operation: 'created' | 'configured' | 'unchanged' }
export type ApplyOptions = {
  readonly dryRun: DryRun
  readonly fieldManager: string
  readonly fieldValidation: string
  /** Where the server refuses a change: delete the object and make it anew. */
  readonly recreation: Deletion | undefined
}

const conflictRetryCountMax = 5

export async function applyOnClient(
  call: Call,
  target: ObjectQuery & { readonly object: AnyObject },
  options: ApplyOptions,
): Promise<Applied> {
  const wanted = withLastApplied(target.object)
  const current = await currentOf(call, target)
  if (current === undefined) return await create(call, target, wanted, options)
  if (lastAppliedOf(current) === undefined) warnOfMissingAnnotation(call, target)
  return await patchUntilAccepted(call, target, wanted, current, options)
}

/** What an apply would make of the live object, as a dry run on the server; the annotation stays out of it. */
export async function mergedOnClient(
  cluster: Cluster,
  target: ObjectQuery & { readonly object: AnyObject },
  live: AnyObject | undefined,
  fieldManager: string,
): Promise<AnyObject> {
  const query = { dryRun: 'All' as const, fieldManager }
  if (live === undefined) return await createObject(cluster, target, target.object, query)
  const patch = await patchBetween(target, target.object, live)
  return Object.keys(patch.body).length === 0 ? live : await patchObject(cluster, target, patch, query)
}

async function currentOf(call: Call, target: ObjectQuery): Promise<AnyObject | undefined> {
  try {
    return await ignoreNotFound(getObject(call.cluster, target))
  } catch (error) {
    throw withSource(error, 'retrieving current configuration of', target.source)
  }
}

async function create(call: Call, target: ObjectQuery, wanted: AnyObject, options: ApplyOptions): Promise<Applied> {
  if (options.dryRun === 'client') return { object: wanted, operation: 'created' }
  try {
    return { object: await createObject(call.cluster, target, wanted, queryOf(options)), operation: 'created' }
  } catch (error) {
    throw withSource(error, 'creating', target.source)
  }
}

async function patchUntilAccepted(
  call: Call,
  target: ObjectQuery,
  wanted: AnyObject,
  first: AnyObject,
  options: ApplyOptions,
): Promise<Applied> {
  let current = first
  for (let attempt = 0; ; attempt++) {
    const patch = await patchBetween(target, wanted, current)
    if (Object.keys(patch.body).length === 0) return { object: current, operation: 'unchanged' }
    if (options.dryRun === 'client') return { object: await patchedLocally(target.resource, current, patch), operation: 'configured' }
    try {
      return { object: await patchObject(call.cluster, target, patch, queryOf(options)), operation: 'configured' }
    } catch (error) {
      if (options.recreation !== undefined && hasReason(error, 'Conflict', 'Invalid')) {
        await deleteAndWait(call, target, options.recreation)
        return { ...(await create(call, target, wanted, options)), operation: 'configured' }
      }
      if (!hasReason(error, 'Conflict') || attempt >= conflictRetryCountMax)
        throw withSource(
          error,
          `applying patch:\n${JSON.stringify(patch.body)}\nto:\nResource: "${resourceText(target)}", GroupVersionKind: "${kindText(target)}"\nName: ${JSON.stringify(target.name)}, Namespace: ${JSON.stringify(target.namespace ?? '')}\nfor:`,
          target.source,
        )
      current = await getObject(call.cluster, target)
    }
  }
}

function resourceText({ resource: { group, version, plural } }: ObjectQuery): string {
  return `${group}/${version}, Resource=${plural}`
}

function kindText({ resource: { group, version, kind } }: ObjectQuery): string {
  return `${group}/${version}, Kind=${kind}`
}

async function patchBetween(
  { resource }: ObjectQuery,
  wanted: AnyObject,
  current: AnyObject,
): Promise<{ readonly type: PatchKind; readonly body: Fields }> {
  const original = lastAppliedOf(current) ?? {}
  const schema = await builtInSchemaOf(resource)
  if (schema === undefined) return { type: 'merge', body: threeWayMergePatch(original, wanted, current) }
  return { type: 'strategic', body: threeWayStrategicPatch(schema, original, wanted, current) }
}

function queryOf({ dryRun, fieldManager, fieldValidation }: ApplyOptions) {
  return { fieldManager, fieldValidation, ...(dryRun === 'server' ? { dryRun: 'All' as const } : {}) }
}

function warnOfMissingAnnotation({ err, path }: Call, { resource, name }: ObjectQuery): void {
  err(
    `Warning: resource ${resource.plural}/${name} is missing the ${lastAppliedAnnotation} annotation which is required by ${path}. ${path} should only be used on resources created declaratively by either kubectl create --save-config or ${path}. The missing annotation will be patched automatically.\n`,
  )
}
