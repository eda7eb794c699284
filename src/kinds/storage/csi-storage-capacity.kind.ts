/** How much a driver can still make, and where. */
import { defineKind, type Kind } from '#meta/kind'
import { createdAtColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type CSIStorageCapacity = types.CSIStorageCapacity
export const CSIStorageCapacity: Kind<CSIStorageCapacity> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  scope: 'Namespaced',
  schema: schemas.CSIStorageCapacity,
  columns: [nameColumn, createdAtColumn],
})
