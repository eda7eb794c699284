/** Asks for storage. */
import { type FieldErrors, FieldPath } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { accessModesText } from './access-modes.ts'
import { validateClaimSpec, validateClaimStatus, validateClaimUpdate } from './claim-validation.ts'
import { claimWarnings } from './claim-warnings.ts'
import { defaultClaimSpec } from './pod/volume-defaults.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type PersistentVolumeClaim = types.PersistentVolumeClaim
export const PersistentVolumeClaim: Kind<PersistentVolumeClaim> = defineKind({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  scope: 'Namespaced',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.PersistentVolumeClaim,
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      describedBy: 'status.phase',
      cell: ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating'),
    },
    { name: 'Volume', type: 'string', describedBy: 'spec.volumeName', cell: ({ spec }) => spec.volumeName ?? '' },
    {
      name: 'Capacity',
      type: 'string',
      describedBy: 'status.capacity',
      cell: ({ spec, status }) => (spec.volumeName ? (status.capacity?.storage ?? '0') : ''),
    },
    {
      name: 'Access Modes',
      type: 'string',
      describedBy: 'status.accessModes',
      cell: ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : ''),
    },
    { name: 'StorageClass', type: 'string', description: 'StorageClass of the pvc', cell: ({ spec }) => spec.storageClassName ?? '' },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'VolumeAttributesClass of the pvc',
      cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    },
    ageColumn,
    {
      name: 'VolumeMode',
      type: 'string',
      priority: 1,
      describedBy: 'spec.volumeMode',
      cell: ({ spec }) => spec.volumeMode ?? '<unset>',
    },
  ],
  warnings: claimWarnings,
  defaults: (claim) => ({ ...claim, spec: defaultClaimSpec(claim.spec), status: { phase: 'Pending', ...claim.status } }),
  prepareCreate: (claim) => ({ ...claim, spec: withSameSources(withKnownSources(claim.spec)), status: { phase: 'Pending' } }),
  validate: ({ spec }): FieldErrors => validateClaimSpec(spec, FieldPath.of('spec')),
  update: { prepare: prepareUpdate, validate: validateClaimUpdate, validatesAlone: true },
  status: { prepare: keepSpec, validate: validateClaimStatus },
  subresources: [statusSubresource('PersistentVolumeClaim')],
})

function prepareUpdate(next: PersistentVolumeClaim, old: PersistentVolumeClaim): PersistentVolumeClaim {
  const isKept = old.spec.dataSource !== undefined || old.spec.dataSourceRef !== undefined
  return keepStatus({ ...next, spec: withSameSources(isKept ? next.spec : withKnownSources(next.spec)) }, old)
}

/** Sources in other namespaces are a feature that is off; of the old form only claims and snapshots are heard. */
function withKnownSources(claim: types.PersistentVolumeClaimSpec): types.PersistentVolumeClaimSpec {
  const { dataSource, dataSourceRef, ...rest } = claim
  const reference = dataSourceRef?.namespace ? undefined : dataSourceRef
  const { apiGroup = '', kind } = dataSource ?? {}
  const isKnown =
    (apiGroup === '' && kind === 'PersistentVolumeClaim') || (apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot')
  return {
    ...rest,
    ...(dataSource !== undefined && (isKnown || reference !== undefined) ? { dataSource } : {}),
    ...(reference === undefined ? {} : { dataSourceRef: reference }),
  }
}

/** `dataSource` is the old form of `dataSourceRef`; both are written where they can say the same. */
function withSameSources(claim: types.PersistentVolumeClaimSpec): types.PersistentVolumeClaimSpec {
  const { dataSource, dataSourceRef } = claim
  if (dataSource !== undefined && dataSourceRef === undefined) return { ...claim, dataSourceRef: dataSource }
  if (dataSourceRef !== undefined && dataSource === undefined && !dataSourceRef.namespace) {
    const { apiGroup, kind, name } = dataSourceRef
    return { ...claim, dataSource: { ...(apiGroup === undefined ? {} : { apiGroup }), kind, name } }
  }
  return claim
}
