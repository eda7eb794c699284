/** Addresses that services can have. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
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
    { name: 'CIDRs', type: 'string', description: 'Ranges.', cell: (object) => (object.spec.cidrs ?? []).join(',') },
    ageColumn,
  ],
  update: { prepare: keepStatus },
  status: { prepare: keepSpec },
  subresources: [statusSubresource('ServiceCIDR')],
})
