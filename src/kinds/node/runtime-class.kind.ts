/** A way to run containers, by name. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type RuntimeClass = types.RuntimeClass
export const RuntimeClass: Kind<RuntimeClass> = defineKind({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  takesBareFinalizers: true,
  createsOnUpdate: true,
  schema: schemas.RuntimeClass,
  columns: [
    nameColumn,
    { name: 'Handler', type: 'string', description: 'What runs them.', cell: (object) => object.handler ?? '' },
    ageColumn,
  ],
})
