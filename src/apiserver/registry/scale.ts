/** The `scale` subresource: a scalable object seen as `autoscaling/v1 Scale`. */
import { assert } from '#base/assert'
import { nowRfc3339 } from '#base/env/clock'
import { FieldPath, invalid } from '#meta/field-path'
import type { Kind, ScaleRules } from '#meta/kind'
import { emptySet } from '#meta/managed-fields/field-set'
import { type Operation, storedManagers, writeManagers } from '#meta/managed-fields/managers'
import { managersOfParent, managersOfScale, type ReplicasPaths, scaleApiVersion } from '#meta/managed-fields/scale-managers'
import { type KubeObject, withMeta } from '#meta/object'
import { definitionsOf, int32, string } from '#meta/schema/build'
import { DecodingError, decode } from '#meta/schema/decode'
import type { JsonObject } from '#meta/schema/go-type'
import { ObjectMeta } from '#meta/schema.gen'
import { badRequest, invalidObject, notFound, StatusError } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { readValue } from '../request/read-body.ts'
import { patchOptionsOf, type WriteOptions, writeOptionsOf } from '../request/write-options.ts'
import { valueAnswer } from './answers.ts'
import { checkConfig, readConfig, reportFaults } from './apply.ts'
import { changeObject } from './change.ts'
import { type Entries, type OwnedWrite, ownersAfterUpdate, stateAfterApply, writerOf } from './field-owners.ts'
import { isApply, readPatch } from './patch.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'

type Scale = KubeObject & {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas: number; readonly selector?: string }
}

const define = definitionsOf('io.k8s.api.autoscaling.v1')
const scaleSchema = define(
  'Scale',
  () => ({
    apiVersion: string,
    kind: string,
    metadata: ObjectMeta,
    spec: define('ScaleSpec', () => ({ replicas: int32 })),
    status: define('ScaleStatus', () => ({ replicas: int32, selector: string }), { always: ['replicas'] }),
  }),
  { apiVersion: scaleApiVersion, always: ['metadata', 'spec', 'status'] },
)

const scaleKind = { apiVersion: scaleApiVersion, kind: 'Scale', schema: scaleSchema }

export async function scaleHandler(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const { scale } = kind
  assert(scale !== undefined, `${kind.kind} lists a scale subresource without rules`)
  const view = registry.viewOf(kind)
  const key = view.keyOf(namespaceOf(kind, exchange.info), exchange.info.name)
  await view.storage.feed.freshness(exchange.signal)
  const current = view.cache.get(key)
  if (current === undefined) throw notFound(resourceNameOf(kind), exchange.info.name)
  if (exchange.info.verb === 'get') return valueAnswer(scaleOf(scale, view.served(current).object()))
  const write = await scaleWrite(registry, exchange)
  const { entry } = await changeObject(registry, exchange, kind, key, {
    subresource: 'scale',
    rules: kind.update,
    isDryRun: write.options.isDryRun,
    options: write.options,
    next: (old) => {
      const { wanted, owners } = write.next(withOwnersOfScale(scaleOf(scale, old), old, pathsOf(registry, kind, scale)))
      const managedFields = ownersOfParent(old, owners, kind, pathsOf(registry, kind, scale))
      return withMeta(scaled(scale, old, wanted), { managedFields })
    },
    owners: ({ sent }) => sent.metadata.managedFields,
  })
  return valueAnswer(scaleOf(scale, entry.object()))
}

/** What is asked for, as a step from the Scale that is there: the Scale to be, and who owns what of it. */
type ScaleWrite = {
  readonly options: WriteOptions
  readonly next: (old: Scale) => { readonly wanted: Scale; readonly owners: Entries }
}

async function scaleWrite(registry: Registry, exchange: Exchange): Promise<ScaleWrite> {
  const { request, info } = exchange
  if (info.verb === 'patch' && isApply(request)) return await appliedScale(registry, exchange)
  const options = info.verb === 'patch' ? patchOptionsOf(request.query, false) : writeOptionsOf(request.query, 'UpdateOptions')
  const wantedFrom = info.verb === 'patch' ? await patchedScale(exchange) : await sentScale(exchange)
  const write = ownedScale(registry, exchange, 'Update', options)
  return {
    options,
    next: (old) => {
      const wanted = wantedFrom(old)
      const next = { ...wanted, metadata: old.metadata, status: old.status }
      return { wanted, owners: ownersAfterUpdate(write, { old, sent: wanted, next }) }
    },
  }
}

async function appliedScale(registry: Registry, exchange: Exchange): Promise<ScaleWrite> {
  const options = patchOptionsOf(exchange.request.query, true)
  const config = await readConfig(exchange.request)
  const write = ownedScale(registry, exchange, 'Apply', options)
  return {
    options,
    next: (live) => {
      checkConfig(scaleKind, config.value)
      const { value, owners } = stateAfterApply(write, { live, config: config.value, isForced: options.force === true })
      reportFaults(exchange, config, options)
      return { wanted: decodedScale(value), owners }
    },
  }
}

function ownedScale(registry: Registry, exchange: Exchange, operation: Operation, options: WriteOptions): OwnedWrite {
  return {
    resource: { schema: scaleSchema, apiVersion: scaleApiVersion, unreachable: emptySet, convert: () => undefined },
    writer: { ...writerOf(exchange, options, operation), apiVersion: scaleApiVersion, subresource: 'scale' },
    now: nowRfc3339(registry.clock),
  }
}

/** Where each served version of a kind keeps its replicas. */
function pathsOf(registry: Registry, kind: Kind, { replicasPath = ['spec', 'replicas'] }: ScaleRules<KubeObject>): ReplicasPaths {
  const path = replicasPath.map((name) => `f:${name}`)
  return (apiVersion) => (registry.kinds.byKind(apiVersion, kind.kind) === undefined ? undefined : path)
}

function withOwnersOfScale(scale: Scale, parent: KubeObject, pathIn: ReplicasPaths): Scale {
  const managers = managersOfScale(storedManagers(parent.metadata.managedFields), pathIn)
  return { ...scale, metadata: { ...scale.metadata, managedFields: writeManagers(managers) } }
}

function ownersOfParent(parent: KubeObject, ofScale: Entries, kind: Kind, pathIn: ReplicasPaths): Entries {
  const before = storedManagers(parent.metadata.managedFields)
  return writeManagers(managersOfParent(before, storedManagers(ofScale), kind.apiVersion, pathIn))
}

function scaleOf(rules: ScaleRules<KubeObject>, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = rules.specReplicas(object)
  const selector = rules.selector(object)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: rules.statusReplicas(object), ...(selector === '' ? {} : { selector }) },
  }
}

function scaled(rules: ScaleRules<KubeObject>, old: KubeObject, wanted: Scale): KubeObject {
  const { replicas = 0 } = wanted.spec
  const { name = '', resourceVersion, uid } = wanted.metadata
  if (name !== old.metadata.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${old.metadata.name})`)
  if (replicas < 0) {
    const error = invalid(FieldPath.of('spec', 'replicas'), replicas, 'must be greater than or equal to 0')
    throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, [error])
  }
  const next = rules.withReplicas(old, replicas)
  return { ...next, metadata: { ...next.metadata, resourceVersion, uid: uid ?? old.metadata.uid } }
}

async function sentScale(exchange: Exchange): Promise<() => Scale> {
  const body = await readValue(exchange.request, 'Scale')
  const wanted = decodedScale(body?.value)
  return () => wanted
}

async function patchedScale(exchange: Exchange): Promise<(old: Scale) => Scale> {
  const patch = await readPatch(exchange.request, scaleSchema)
  return ({ metadata, ...rest }) => {
    // A patch that names no revision must not carry the one that was read.
    const { resourceVersion: _, managedFields: _owners, ...meta } = metadata
    return decodedScale(patch.apply({ ...rest, metadata: meta } as unknown as JsonObject).value)
  }
}

function decodedScale(value: unknown): Scale {
  try {
    return decode<Scale>(scaleSchema, value)
  } catch (error) {
    if (error instanceof DecodingError)
      throw new StatusError(400, 'BadRequest', `Scale in version "v1" cannot be handled as a Scale: ${error.message}`, undefined, error)
    throw error
  }
}
