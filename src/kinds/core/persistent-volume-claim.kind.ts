/** Asks for storage. */
import { type FieldErrors, FieldPath, forbiddenField, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { isSameValue } from '../same-value.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { accessModesText } from './access-modes.ts'
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
  returnsDeleted: true,
  schema: schemas.PersistentVolumeClaim,
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Whether there is a volume.',
      cell: ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating'),
    },
    { name: 'Volume', type: 'string', description: 'Which volume.', cell: ({ spec }) => spec.volumeName ?? '' },
    {
      name: 'Capacity',
      type: 'string',
      description: 'How much it holds.',
      cell: ({ spec, status }) => (spec.volumeName ? (status.capacity?.storage ?? '0') : ''),
    },
    {
      name: 'Access Modes',
      type: 'string',
      description: 'How it can be mounted.',
      cell: ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : ''),
    },
    { name: 'StorageClass', type: 'string', description: 'The class of the storage.', cell: ({ spec }) => spec.storageClassName ?? '' },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'Its attributes.',
      cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    },
    ageColumn,
    {
      name: 'VolumeMode',
      type: 'string',
      priority: 1,
      description: 'File system or block device.',
      cell: ({ spec }) => spec.volumeMode ?? '<unset>',
    },
  ],
  defaults: (claim) => ({ ...claim, spec: defaultClaimSpec(claim.spec), status: { phase: 'Pending', ...claim.status } }),
  prepareCreate: (claim) => ({ ...claim, spec: withSameSources(claim.spec), status: { phase: 'Pending' } }),
  validate: validateClaim,
  update: { prepare: keepStatus, validate: validateClaimUpdate },
  status: { prepare: keepSpec },
  subresources: [statusSubresource('PersistentVolumeClaim')],
})

const spec = FieldPath.of('spec')

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

function* validateClaim({ spec: { accessModes = [], resources } }: PersistentVolumeClaim): FieldErrors {
  const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
  if (accessModes.length === 0) yield required(spec.field('accessModes'), 'at least 1 access mode is required')
  for (const mode of accessModes) if (!modes.includes(mode)) yield notSupported(spec.field('accessModes'), mode, modes)
  if (resources?.requests?.storage === undefined) yield required(spec.field('resources').key('storage'))
}

function* validateClaimUpdate(next: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldErrors {
  const isBinding = (old.spec.volumeName ?? '') === '' && next.spec.volumeName
  const kept = {
    resources: old.spec.resources,
    volumeAttributesClassName: old.spec.volumeAttributesClassName,
    ...(isBinding ? { volumeName: old.spec.volumeName } : {}),
    // A claim from before there was a default class gets it later.
    ...(old.spec.storageClassName === undefined ? { storageClassName: undefined } : {}),
  }
  if (isSameValue({ ...next.spec, ...kept }, old.spec)) return
  yield forbiddenField(spec, 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims')
}
