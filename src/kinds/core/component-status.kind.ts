/** How a component of the control plane is: answered, not stored, and on its way out. */
import { defineKind, type Kind } from '#meta/kind'
import { nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ComponentStatus = types.ComponentStatus
export const ComponentStatus: Kind<ComponentStatus> = defineKind({
  apiVersion: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  scope: 'Cluster',
  verbs: ['get', 'list'],
  isVirtual: true,
  deprecation: { since: '1.19' },
  schema: schemas.ComponentStatus,
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Status of the component conditions', cell: (status) => healthOf(status)?.status ?? '' },
    {
      name: 'Message',
      type: 'string',
      description: 'Message of the component conditions',
      cell: (status) => healthOf(status)?.message ?? '',
    },
    { name: 'Error', type: 'string', description: 'Error of the component conditions', cell: (status) => healthOf(status)?.error ?? '' },
  ],
})

function healthOf({ conditions }: ComponentStatus): types.ComponentCondition | undefined {
  return conditions?.find((condition) => condition.type === 'Healthy')
}
