/** An address that is taken. */

import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain, isPathSegmentName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
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
  columns: [
    nameColumn,
    { name: 'ParentRef', type: 'string', describedBy: 'spec.parentRef', cell: (object) => parentOf(object) },
    { ...ageColumn, isWithoutHead: true },
  ],
  validateName,
  validate: validateParentRef,
  update: { validate: validateSameParent },
})

/** The name is the address, in the one form that it has. */
function validateName(name: string): readonly string[] {
  const address = parseIp(name)
  if (/(^|\.)0[0-9]/.test(name) && !name.includes(':')) return ['must not have leading 0s']
  if (address === undefined) return [ipMessage]
  const canonical = canonicalIp(address)
  return canonical === name ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

/** Whose the address is has to be said; the object itself need not be there. */
export function* validateParentRef({ spec: { parentRef } }: IPAddress): FieldErrors {
  const at = FieldPath.of('spec', 'parentRef')
  if (parentRef === undefined) return yield required(at)
  const { group = '', resource = '', name = '', namespace = '' } = parentRef
  if (group !== '') yield* invalidEach(at.field('group'), group, isDns1123Subdomain(group))
  if (resource === '') yield required(at.field('resource'))
  else yield* invalidEach(at.field('resource'), resource, isPathSegmentName(resource))
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isPathSegmentName(name))
  if (namespace !== '') yield* invalidEach(at.field('namespace'), namespace, isPathSegmentName(namespace))
}

function* validateSameParent({ spec: { parentRef: next } }: IPAddress, { spec: { parentRef: old } }: IPAddress): FieldErrors {
  if (next === undefined || JSON.stringify(next) === JSON.stringify(old)) return
  // As upstream: the message shows the fields of the server's own form.
  const { group: Group = '', resource: Resource = '', namespace: Namespace = '', name: Name = '' } = next
  yield invalid(FieldPath.of('spec', 'parentRef'), { Group, Resource, Namespace, Name }, 'field is immutable')
}

function parentOf({ spec: { parentRef } }: IPAddress): string {
  const { group = '', resource = '', namespace = '', name = '' } = parentRef ?? {}
  return [group === '' ? resource : `${resource}.${group}`, namespace, name].filter((part) => part !== '').join('/')
}
