/** Devices of one sort, by which drivers' devices belong to it. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type DeviceClass = types.DeviceClass
export const DeviceClass: Kind<DeviceClass> = defineKind({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  scope: 'Cluster',
  returnsDeleted: true,
  hasGeneration: true,
  schema: schemas.DeviceClass,
  columns: [nameColumn, ageColumn],
})
