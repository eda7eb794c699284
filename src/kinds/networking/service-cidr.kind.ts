/** Addresses that services can have. */
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { cidrFamilyOf, strictCidrProblems } from '../ip-address.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ServiceCIDR = types.ServiceCIDR
export const ServiceCIDR: Kind<ServiceCIDR> = defineKind({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  schema: schemas.ServiceCIDR,
  columns: [
    nameColumn,
    { name: 'CIDRs', type: 'string', describedBy: 'spec.cidrs', cell: (object) => (object.spec.cidrs ?? []).join(',') },
    ageColumn,
  ],
  validate: ({ spec }) => validateRanges(spec?.cidrs ?? []),
  *validateCreate({ spec }) {
    if ((spec?.cidrs ?? []).length === 0) yield required(cidrs, 'at least one CIDR required')
  },
  update: { prepare: keepStatus, validate: validateServiceCidrUpdate, validatesAlone: true },
  status: { prepare: keepSpec },
  subresources: [statusSubresource('ServiceCIDR')],
})

const cidrs = FieldPath.of('spec', 'cidrs')

function* validateRanges(ranges: readonly string[]): FieldErrors {
  if (ranges.length > 2) return yield invalid(cidrs, { CIDRs: ranges }, 'may only hold up to 2 values')
  for (const [index, range] of ranges.entries()) yield* invalidEach(cidrs.index(index), range, strictCidrProblems(range))
  const [first = '', second] = ranges
  if (second !== undefined && cidrFamilyOf(first) === cidrFamilyOf(second)) {
    yield invalid(cidrs, ranges, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')
  }
}

/** Ranges stay; one of a second family may come in addition. */
function* validateServiceCidrUpdate({ spec: next }: ServiceCIDR, { spec: old }: ServiceCIDR): FieldErrors {
  const [was, now] = [old?.cidrs ?? [], next?.cidrs ?? []]
  const isExtended = was.length === 1 && now.length === 2
  if (now.length !== was.length && !isExtended) return yield invalid(cidrs, now.length === 0 ? null : now, 'field is immutable')
  for (const [index, range] of was.entries()) {
    if (now[index] !== range) yield invalid(cidrs.index(index), now[index], 'field is immutable')
  }
  if (isExtended) yield* validateRanges(now)
}
