/** A piece of storage in the cluster. */
import { FieldPath } from '#meta/field-path'
import { defineKind, type Kind, type RequestFacts } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { timestampOf } from '#meta/timestamp'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { accessModesText } from './access-modes.ts'
import { validatePersistentVolume, validateVolumeUpdate } from './persistent-volume-validation.ts'
import { nodeSelectorWarnings } from './pod/node-label-warnings.ts'
import { roundedResourceList } from './pod/resource-list.ts'
import { sourceWarnings } from './pod/volume-warnings.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type PersistentVolume = types.PersistentVolume
export const PersistentVolume: Kind<PersistentVolume> = defineKind({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  scope: 'Cluster',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.PersistentVolume,
  columns: [
    nameColumn,
    { name: 'Capacity', type: 'string', describedBy: 'spec.capacity', cell: ({ spec }) => spec.capacity?.storage ?? '' },
    { name: 'Access Modes', type: 'string', describedBy: 'spec.accessModes', cell: ({ spec }) => accessModesText(spec.accessModes) },
    {
      name: 'Reclaim Policy',
      type: 'string',
      describedBy: 'spec.persistentVolumeReclaimPolicy',
      cell: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    },
    { name: 'Status', type: 'string', describedBy: 'status.phase', cell: (volume) => phaseTextOf(volume) },
    {
      name: 'Claim',
      type: 'string',
      description:
        'claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
      cell: ({ spec: { claimRef } }) => (claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`),
    },
    { name: 'StorageClass', type: 'string', description: 'StorageClass of the pv', cell: ({ spec }) => spec.storageClassName ?? '' },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'VolumeAttributesClass of the pv',
      cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    },
    { name: 'Reason', type: 'string', describedBy: 'status.reason', cell: ({ status }) => status.reason ?? '' },
    ageColumn,
    {
      name: 'VolumeMode',
      type: 'string',
      priority: 1,
      describedBy: 'spec.volumeMode',
      cell: ({ spec }) => spec.volumeMode ?? '<unset>',
    },
  ],
  warnings: volumeWarnings,
  defaults: defaultPersistentVolume,
  prepareCreate: (volume, facts) => ({ ...volume, status: { phase: 'Pending', lastPhaseTransitionTime: timestampOf(facts.nowMs) } }),
  validate: validatePersistentVolume,
  update: { prepare: keepStatus, validate: validateVolumeUpdate },
  status: { prepare: prepareStatus },
  subresources: [statusSubresource('PersistentVolume')],
})

function defaultPersistentVolume(volume: PersistentVolume): PersistentVolume {
  const { capacity, hostPath } = volume.spec
  return {
    ...volume,
    spec: {
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      ...volume.spec,
      ...(capacity === undefined ? {} : { capacity: roundedResourceList(capacity) }),
      ...(hostPath === undefined ? {} : { hostPath: { type: '', ...hostPath } }),
    },
    status: { phase: 'Pending', ...volume.status },
  }
}

/** A new phase carries its time, unless the client tells it. */
function prepareStatus(next: PersistentVolume, old: PersistentVolume, facts: RequestFacts): PersistentVolume {
  const kept = keepSpec(next, old)
  const { phase, lastPhaseTransitionTime: time } = next.status
  const isMoved = phase !== old.status.phase
  const isTold = time !== undefined && !(isMoved && time === old.status.lastPhaseTransitionTime)
  if (isTold) return kept
  const lastPhaseTransitionTime = isMoved ? timestampOf(facts.nowMs) : old.status.lastPhaseTransitionTime
  return { ...kept, status: { ...kept.status, lastPhaseTransitionTime } }
}

function phaseTextOf({ metadata, status }: PersistentVolume): string {
  return metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating'
}

const formerAnnotations: readonly (readonly [name: string, note: string])[] = [
  ['volume.beta.kubernetes.io/storage-class', 'deprecated since v1.8; use "storageClassName" attribute instead'],
  ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
]

function volumeWarnings({ metadata: { annotations = {} }, spec }: PersistentVolume): readonly string[] {
  const at = FieldPath.of('spec')
  const wanted = spec.nodeAffinity?.required
  const instead = 'Instead, the recommended approach is to use dynamic provisioning.'
  return [
    ...formerAnnotations.flatMap(([name, note]) => (annotations[name] === undefined ? [] : [`metadata.annotations[${name}]: ${note}`])),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [`${at.field('persistentVolumeReclaimPolicy')}: The Recycle reclaim policy is deprecated. ${instead}`]
      : []),
    ...(wanted === undefined ? [] : nodeSelectorWarnings(wanted, at.field('nodeAffinity').field('required'))),
    ...sourceWarnings(spec, at),
  ]
}
