/** The pod template of a workload: its pods, its hash, and whether two are the same. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { PodTemplateSpec } from '#kinds/core/types.gen'
import { isSameValue } from '#kinds/same-value'
import { isExactNumber } from '#meta/schema/json'
import type { OwnerReference } from '#meta/types.gen'
import { fnv32a, safeEncoded } from './fnv.ts'

export const podTemplateHashLabel = 'pod-template-hash'

/** The pod that a template asks for. The server completes its name. */
export function podFromTemplate(template: PodTemplateSpec, namespace: string | undefined, namePrefix: string, owner: OwnerReference): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: namePrefix, namespace, labels, annotations, finalizers, ownerReferences: [owner] },
    spec: template.spec,
    status: {},
  }
}

/** What a ReplicaSet's name and its pods' label end in. `collisionCount` makes another one when a name is taken. */
export function podTemplateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const salt = collisionCount === undefined ? '' : `#${collisionCount}`
  return safeEncoded(fnv32a(`${canonicalJson(template)}${salt}`))
}

/** Equal but for the label that tells revisions apart. */
export function isSameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return isSameValue(comparable(a), comparable(b))
}

function comparable(template: PodTemplateSpec | undefined) {
  const { [podTemplateHashLabel]: _, ...labels } = template?.metadata?.labels ?? {}
  return {
    labels,
    annotations: template?.metadata?.annotations ?? {},
    finalizers: template?.metadata?.finalizers ?? [],
    spec: template?.spec,
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(sortedByKey(value))
}

/** The same value with the keys of every object in order, so that its text does not depend on the order in which fields were set. */
export function sortedByKey(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedByKey)
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortedByKey(inner)]))
}
