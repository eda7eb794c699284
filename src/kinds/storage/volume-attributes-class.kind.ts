/** Attributes of volumes that can change. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type VolumeAttributesClass = types.VolumeAttributesClass
export const VolumeAttributesClass: Kind<VolumeAttributesClass> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  scope: 'Cluster',
  schema: schemas.VolumeAttributesClass,
  columns: [
    nameColumn,
    { name: 'DriverName', type: 'string', description: 'Which driver.', cell: (object) => object.driverName ?? '' },
    ageColumn,
  ],
})
