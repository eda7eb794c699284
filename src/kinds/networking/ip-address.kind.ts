/** An address that is taken. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type IPAddress = types.IPAddress
export const IPAddress: Kind<IPAddress> = defineKind({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  scope: 'Cluster',
  schema: schemas.IPAddress,
  columns: [nameColumn, { name: 'ParentRef', type: 'string', description: 'Who has it.', cell: (object) => parentOf(object) }, ageColumn],
})

function parentOf({ spec: { parentRef } }: IPAddress): string {
  const { group = '', resource = '', namespace = '', name = '' } = parentRef ?? {}
  return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter((part) => part !== '').join('/')
}
