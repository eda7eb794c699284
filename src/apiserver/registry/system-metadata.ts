/** The part of metadata that the server writes, on create and on update. */
import { type Clock, nowRfc3339 } from '#base/env/clock'
import { type Random, randomSuffix } from '#base/env/random'
import type { Kind } from '#meta/kind'
import { generatedNameLengthMax, generatedSuffixLength } from '#meta/names'
import { type KubeObject, withMeta } from '#meta/object'
import { badRequest } from '#meta/status'
import type { RequestInfo } from '../exchange.ts'

/** What a client says of its making and its end is not heard, and owned by nobody. */
export function withoutSystemMeta(object: KubeObject): KubeObject {
  return withMeta(object, {
    uid: undefined,
    creationTimestamp: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
  })
}

/** A new object as a client sent it, with what it may not say taken out and what the server says put in. */
export function withCreationMeta(kind: Kind, object: KubeObject, clock: Clock, random: Random): KubeObject {
  return withMeta(object, {
    uid: random.uuid(),
    creationTimestamp: nowRfc3339(clock),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
    ...(kind.hasGeneration ? { generation: 1 } : {}),
  })
}

/** The object with a name of its own if it has a prefix only. */
export function withGeneratedName(object: KubeObject, random: Random): KubeObject {
  const { name = '', generateName = '' } = object.metadata
  if (name !== '' || generateName === '') return object
  const base = generateName.slice(0, generatedNameLengthMax - generatedSuffixLength)
  return withMeta(object, { name: `${base}${randomSuffix(random, generatedSuffixLength)}` })
}

/** What a client may leave out of a change comes from the old object; what it says otherwise, validation refuses. */
export function withInheritedMeta(next: KubeObject, old: KubeObject): KubeObject {
  const { metadata: was } = old
  const { metadata: meta } = next
  return withMeta(next, {
    name: was.name,
    namespace: was.namespace,
    uid: meta.uid === undefined || meta.uid === '' ? was.uid : meta.uid,
    creationTimestamp: was.creationTimestamp ?? meta.creationTimestamp,
    deletionTimestamp: meta.deletionTimestamp ?? was.deletionTimestamp,
    deletionGracePeriodSeconds: meta.deletionGracePeriodSeconds ?? was.deletionGracePeriodSeconds,
    generation: was.generation,
    selfLink: undefined,
    resourceVersion: undefined,
    managedFields: was.managedFields,
  })
}

/** The namespace that a request speaks of; '' for kinds that have none. */
export function namespaceOf(kind: Kind, info: RequestInfo): string {
  return kind.scope === 'Namespaced' ? info.namespace : ''
}

/** The object in the namespace of the URL; throws 400 if it names another. */
export function inRequestNamespace(kind: Kind, info: RequestInfo, object: KubeObject): KubeObject {
  const wanted = namespaceOf(kind, info)
  const given = object.metadata.namespace ?? ''
  if (given === wanted) return object
  if (given !== '' && wanted !== '') {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  return withMeta(object, { namespace: wanted === '' ? undefined : wanted })
}
