/** POST of `pods/binding` (and of the older `bindings`): gives a pod its node, once. */

import { rfc3339 } from '#base/env/clock'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Binding as bindingSchema } from '#kinds/core/schema.gen'
import type { Binding } from '#kinds/core/types.gen'
import { FieldPath, notSupported, required } from '#meta/field-path'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { DecodingError, decode } from '#meta/schema/decode'
import { badRequest, conflict, invalidObject } from '#meta/status'
import { valueAnswer } from '../registry/answers.ts'
import { changeObject } from '../registry/change.ts'
import { namespaceOf } from '../registry/system-metadata.ts'
import { admissionOf } from '../registry/write-call.ts'
import { readValue } from '../request/read-body.ts'
import { writeOptionsOf } from '../request/write-options.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'

const pods = { group: '', plural: 'pods' }

export const bindPod: ResourceHandler = async (registry, exchange) => {
  const kind = Pod as unknown as Kind
  const options = writeOptionsOf(exchange.request.query, 'CreateOptions')
  const sent = decodedBinding((await readValue(exchange.request, 'Binding'))?.value)
  const name = exchange.info.name || (sent.metadata.name ?? '')
  if (sent.metadata.name !== undefined && sent.metadata.name !== name) throw badRequest('name in URL does not match name in Binding object')
  const write = { operation: 'CREATE', subresource: 'binding', object: sent, old: undefined, isDryRun: options.isDryRun, options } as const
  const binding = (await registry.admission.mutate(admissionOf(exchange, kind, write), exchange.signal)) as Binding
  validate(binding)
  await registry.admission.validate(admissionOf(exchange, kind, { ...write, object: binding }), exchange.signal)
  const nowMs = registry.clock.nowMs()
  const key = registry.viewOf(kind).keyOf(namespaceOf(kind, exchange.info), name)
  await changeObject(registry, exchange, kind, key, {
    subresource: 'binding',
    rules: {},
    isDryRun: options.isDryRun,
    options,
    next: (pod) => bound(pod as Pod, binding, nowMs),
    confine: (next) => next,
    // As upstream: a pod begins its life on a node with generation 1.
    keepsGeneration: true,
  })
  return valueAnswer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201)
}

function decodedBinding(value: unknown): Binding {
  try {
    return decode<Binding>(bindingSchema, value)
  } catch (error) {
    if (error instanceof DecodingError) throw badRequest(`Binding in version "v1" cannot be handled as a Binding: ${error.message}`, error)
    throw error
  }
}

function validate({ target, metadata }: Binding): void {
  const at = FieldPath.of('target')
  const errors = [
    ...(target.kind === undefined || target.kind === '' || target.kind === 'Node'
      ? []
      : [notSupported(at.field('kind'), target.kind, ['Node', '<empty>'])]),
    ...(target.name === undefined || target.name === '' ? [required(at.field('name'))] : []),
  ]
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'Binding' }, metadata.name ?? '', errors)
}

/** As upstream: the annotations and labels of a binding go to the pod too. */
function bound(pod: Pod, { target, metadata }: Binding, nowMs: number): KubeObject {
  const { name = '' } = pod.metadata
  if (metadata.uid !== undefined && metadata.uid !== pod.metadata.uid) {
    throw conflict(pods, name, `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`)
  }
  if (pod.metadata.deletionTimestamp !== undefined)
    throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  const { nodeName = '', schedulingGates = [] } = pod.spec ?? {}
  if (nodeName !== '')
    throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} is already assigned to node ${JSON.stringify(nodeName)}`)
  if (schedulingGates.length > 0)
    throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} has non-empty .spec.schedulingGates`)
  return {
    ...pod,
    metadata: withBindingMeta(pod.metadata, metadata),
    spec: { ...pod.spec, nodeName: target.name },
    status: withScheduled(pod.status, nowMs),
  } as KubeObject
}

function withBindingMeta(meta: Pod['metadata'], { annotations, labels }: Binding['metadata']): Pod['metadata'] {
  return {
    ...meta,
    ...(annotations === undefined ? {} : { annotations: { ...meta.annotations, ...annotations } }),
    ...(labels === undefined ? {} : { labels: { ...meta.labels, ...labels } }),
  }
}

function withScheduled(status: Pod['status'], nowMs: number): Pod['status'] {
  const others = (status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const old = status?.conditions?.find(({ type }) => type === 'PodScheduled')
  const lastTransitionTime = old?.status === 'True' ? old.lastTransitionTime : rfc3339(nowMs)
  return { ...status, conditions: [...others, { type: 'PodScheduled', status: 'True', lastTransitionTime }] }
}
