/** The `scale` subresource: a scalable object seen as `autoscaling/v1 Scale`. */

import { assert } from '#base/assert'
import { FieldPath, invalid } from '#meta/field-path'
import type { Kind, ScaleRules } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { int32, string } from '#meta/schema/build'
import { DecodingError, decode } from '#meta/schema/decode'
import type { JsonObject } from '#meta/schema/go-type'
import type { Schema } from '#meta/schema/schema'
import { badRequest, invalidObject, notFound, StatusError } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { readValue } from '../request/read-body.ts'
import { writeOptionsOf } from '../request/write-options.ts'
import { valueAnswer } from './answers.ts'
import { changeObject } from './change.ts'
import { readPatch } from './patch.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'

type Scale = KubeObject & {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas: number; readonly selector?: string }
}

/** As far as a write of a Scale looks at it. */
const scaleSchema: Schema = {
  type: 'object',
  properties: {
    apiVersion: string,
    kind: string,
    metadata: { type: 'object', properties: { name: string, namespace: string, uid: string, resourceVersion: string } },
    spec: { type: 'object', properties: { replicas: int32 } },
  },
  always: ['metadata', 'spec'],
}

export async function scaleHandler(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const { scale } = kind
  assert(scale !== undefined, `${kind.kind} lists a scale subresource without rules`)
  const view = registry.viewOf(kind)
  const key = view.keyOf(namespaceOf(kind, exchange.info), exchange.info.name)
  await registry.feed.freshness(exchange.signal)
  const current = view.cache.get(key)
  if (current === undefined) throw notFound(resourceNameOf(kind), exchange.info.name)
  if (exchange.info.verb === 'get') return valueAnswer(scaleOf(scale, view.served(current).object()))
  const wanted = exchange.info.verb === 'patch' ? await patchedScale(exchange, scale) : await sentScale(exchange)
  const options = writeOptionsOf(exchange.request.query, exchange.info.verb === 'patch' ? 'PatchOptions' : 'UpdateOptions')
  const { entry } = await changeObject(registry, exchange, kind, key, {
    subresource: 'scale',
    rules: kind.update,
    isDryRun: options.isDryRun,
    options,
    next: (old) => scaled(scale, old, wanted(old)),
  })
  return valueAnswer(scaleOf(scale, entry.object()))
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

async function sentScale(exchange: Exchange): Promise<(old: KubeObject) => Scale> {
  const body = await readValue(exchange.request, 'Scale')
  const wanted = decodedScale(body?.value)
  return () => wanted
}

async function patchedScale(exchange: Exchange, rules: ScaleRules<KubeObject>): Promise<(old: KubeObject) => Scale> {
  const patch = await readPatch(exchange.request, scaleSchema)
  return (old) => {
    const { metadata, ...rest } = scaleOf(rules, old)
    // A patch that names no revision must not carry the one that was read.
    const { resourceVersion: _, ...meta } = metadata
    return decodedScale(patch.apply({ ...rest, metadata: meta } as unknown as JsonObject))
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
