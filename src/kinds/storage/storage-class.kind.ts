/** How volumes of one sort are made. */
import { FieldPath } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { topologyKeyWarnings } from '../core/pod/node-label-warnings.ts'
import type { TopologySelectorTerm } from '../core/types.gen.ts'
import * as schemas from './schema.gen.ts'
import { validateStorageClass, validateStorageClassUpdate } from './storage-class-validation.ts'
import type * as types from './types.gen.ts'

export type StorageClass = types.StorageClass
export const StorageClass: Kind<StorageClass> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  scope: 'Cluster',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.StorageClass,
  columns: [
    nameColumn,
    { name: 'Provisioner', type: 'string', describedBy: 'provisioner', cell: (object) => object.provisioner ?? '' },
    {
      name: 'ReclaimPolicy',
      type: 'string',
      describedBy: 'reclaimPolicy',
      cell: (object) => object.reclaimPolicy ?? 'Delete',
    },
    {
      name: 'VolumeBindingMode',
      type: 'string',
      describedBy: 'volumeBindingMode',
      cell: (object) => object.volumeBindingMode ?? '<unset>',
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      describedBy: 'allowVolumeExpansion',
      cell: (object) => object.allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
  defaults: (object) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
  validate: validateStorageClass,
  update: { validate: validateStorageClassUpdate },
  warnings: ({ allowedTopologies = [] }) => allowedTopologies.flatMap(topologyWarnings),
})

function topologyWarnings({ matchLabelExpressions = [] }: TopologySelectorTerm, index: number): readonly string[] {
  const at = FieldPath.of('allowedTopologies').index(index).field('matchLabelExpressions')
  return matchLabelExpressions.flatMap(({ key }, position) => topologyKeyWarnings(key, at.index(position).field('key')))
}
