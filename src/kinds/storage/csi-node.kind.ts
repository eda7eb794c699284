/** The storage drivers of a node. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { validateCsiNode, validateCsiNodeUpdate } from './csi-node-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type CSINode = types.CSINode
export const CSINode: Kind<CSINode> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  returnsDeleted: true,
  updatesUnconditionally: false,
  schema: schemas.CSINode,
  columns: [
    nameColumn,
    {
      name: 'Drivers',
      type: 'integer',
      description: 'Drivers indicates the number of CSI drivers registered on the node',
      cell: (object) => (object.spec.drivers ?? []).length,
    },
    ageColumn,
  ],
  validate: validateCsiNode,
  update: { validate: validateCsiNodeUpdate },
})
