/** Limits of what a namespace can hold. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpec, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { roundedResourceList } from './pod/resource-list.ts'
import { validateResourceQuota, validateResourceQuotaStatus, validateResourceQuotaUpdate } from './resource-quota-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ResourceQuota = types.ResourceQuota
export const ResourceQuota: Kind<ResourceQuota> = defineKind({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  scope: 'Namespaced',
  returnsDeleted: true,
  schema: schemas.ResourceQuota,
  columns: [
    nameColumn,
    {
      name: 'Request',
      type: 'string',
      description: 'Request represents a minimum amount of cpu/memory that a container may consume.',
      cell: (quota) => usageOf(quota, false),
    },
    {
      name: 'Limit',
      type: 'string',
      description: 'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      cell: (quota) => usageOf(quota, true),
    },
    ageColumn,
  ],
  defaults: defaultResourceQuota,
  prepareCreate: withoutStatus,
  validate: validateResourceQuota,
  update: { prepare: keepStatus, validate: validateResourceQuotaUpdate },
  status: { prepare: keepSpec, validate: validateResourceQuotaStatus },
  subresources: [statusSubresource('ResourceQuota')],
})

function defaultResourceQuota(quota: ResourceQuota): ResourceQuota {
  const hard = quota.spec?.hard
  return hard === undefined ? quota : { ...quota, spec: { ...quota.spec, hard: roundedResourceList(hard) } }
}

function usageOf({ status }: ResourceQuota, isLimit: boolean): string {
  const names = Object.keys(status?.hard ?? {}).filter((name) => name.startsWith('limits') === isLimit)
  return names
    .toSorted()
    .map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name] ?? '0'}`)
    .join(', ')
}
