/** What tells the pods of a StatefulSet from one another: ordinal, name, and the claims that go with them. Pure. */
import { podFromTemplate } from '#domain/pod-template'
import type { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import type { StatefulSet } from '#kinds/apps/stateful-set.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Volume } from '#kinds/core/types.gen'
import { withMeta } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'
import { podRevisionLabel, templateOf } from '../revision-history.ts'

const podNameLabel = 'statefulset.kubernetes.io/pod-name'
const podIndexLabel = 'apps.kubernetes.io/pod-index'

/** The number at the end of a pod's name; undefined where the name is not one of the set's. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const prefix = `${set.metadata.name}-`
  const { name = '' } = pod.metadata
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined
}

export function firstOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0
}

export function wantedOrdinals(set: StatefulSet): readonly number[] {
  return Array.from({ length: set.spec.replicas ?? 1 }, (_, index) => firstOrdinal(set) + index)
}

export function isCondemned(set: StatefulSet, ordinal: number): boolean {
  return ordinal < firstOrdinal(set) || ordinal >= firstOrdinal(set) + (set.spec.replicas ?? 1)
}

export function revisionNameOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.[podRevisionLabel]
}

export function statefulPod(set: StatefulSet, ordinal: number, revision: ControllerRevision, reference: OwnerReference): Pod {
  const pod = podFromTemplate(templateOf(revision), set.metadata.namespace, '', reference)
  const { generateName: _, ...metadata } = pod.metadata
  const name = podNameOf(set, ordinal)
  const named = {
    ...pod,
    metadata: { ...metadata, name, labels: { ...metadata.labels, [podRevisionLabel]: revision.metadata.name ?? '' } },
  }
  const spec = { ...named.spec, hostname: name, subdomain: set.spec.serviceName }
  return withStorage(set, ordinal, withIdentity(set, ordinal, { ...named, spec }))
}

/** The pod as it should be; the same object where it is. */
export function repaired(set: StatefulSet, ordinal: number, pod: Pod): Pod {
  return withStorage(set, ordinal, withIdentity(set, ordinal, pod))
}

export function claimNameOf(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name}-${podNameOf(set, ordinal)}`
}

function podNameOf(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`
}

function withIdentity(set: StatefulSet, ordinal: number, pod: Pod): Pod {
  const wanted = { [podNameLabel]: podNameOf(set, ordinal), [podIndexLabel]: `${ordinal}` }
  const hasAll = Object.entries(wanted).every(([key, value]) => pod.metadata.labels?.[key] === value)
  return hasAll ? pod : withMeta(pod, { labels: { ...pod.metadata.labels, ...wanted } })
}

/** Volumes named as a claim template are of the pod's own claims, whatever the pod template says of them. */
function withStorage(set: StatefulSet, ordinal: number, pod: Pod): Pod {
  const wanted = (set.spec.volumeClaimTemplates ?? []).map((template): Volume => {
    return { name: template.metadata.name ?? '', persistentVolumeClaim: { claimName: claimNameOf(set, template, ordinal) } }
  })
  const volumes = pod.spec.volumes ?? []
  const claimOf = (name: string) => volumes.find((volume) => volume.name === name)?.persistentVolumeClaim?.claimName
  if (wanted.every(({ name, persistentVolumeClaim }) => claimOf(name) === persistentVolumeClaim?.claimName)) return pod
  const names = new Set(wanted.map(({ name }) => name))
  return { ...pod, spec: { ...pod.spec, volumes: [...wanted, ...volumes.filter(({ name }) => !names.has(name))] } }
}
