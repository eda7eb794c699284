/** An address that is taken. */

import { type FieldErrors, FieldPath, immutable, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { canonicalIp, ipMessage, parseIp } from '../ip-address.ts'
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
  validateName,
  validate: validateParentRef,
  update: {
    *validate(next, old) {
      yield* immutable(FieldPath.of('spec', 'parentRef'), next.spec.parentRef, old.spec.parentRef)
    },
  },
})

/** The name is the address, in the one form that it has. */
function validateName(name: string): readonly string[] {
  const address = parseIp(name)
  if (/(^|\.)0[0-9]/.test(name) && !name.includes(':')) return ['must not have leading 0s']
  if (address === undefined) return [ipMessage]
  const canonical = canonicalIp(address)
  return canonical === name ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

function* validateParentRef({ spec: { parentRef } }: IPAddress): FieldErrors {
  const at = FieldPath.of('spec', 'parentRef')
  if (parentRef === undefined) return yield required(at)
  if ((parentRef.resource ?? '') === '') yield required(at.field('resource'))
  if ((parentRef.name ?? '') === '') yield required(at.field('name'))
}

function parentOf({ spec: { parentRef } }: IPAddress): string {
  const { group = '', resource = '', namespace = '', name = '' } = parentRef ?? {}
  return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter((part) => part !== '').join('/')
}
