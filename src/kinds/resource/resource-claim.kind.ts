/** A wish for devices, and which ones fulfil it. */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { defineKind, type Kind, type RequestFacts } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { keepSpecAndMeta, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { validateAdminRequests, validateAdminResults } from './admin-access.ts'
import { validateClaimStatus, withoutFreedDevices } from './claim-status-validation.ts'
import { validateRequests, withRequestDefaults } from './device-request.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

const spec = FieldPath.of('spec')

export type ResourceClaim = types.ResourceClaim
export const ResourceClaim: Kind<ResourceClaim> = defineKind({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  scope: 'Namespaced',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.ResourceClaim,
  columns: [
    nameColumn,
    {
      name: 'State',
      type: 'string',
      description: 'A summary of the current state (allocated, pending, reserved, etc.).',
      cell: (object) => stateOf(object),
    },
    ageColumn,
  ],
  defaults: (claim) => ({ ...claim, spec: withRequestDefaults(claim.spec) }),
  prepareCreate: withoutStatus,
  validate: (claim) => validateRequests(claim.spec, spec),
  validateCreate: (claim, facts) => validateAdminRequests(claim.spec, facts),
  update: {
    prepare: keepStatus,
    *validate(next, old) {
      if (!isSameValue(next.spec, old.spec)) yield invalid(spec, internalForm(schemas.ResourceClaimSpec, next.spec), 'field is immutable')
    },
    validatesAlone: true,
  },
  status: {
    prepare: (next, old) => withoutFreedDevices(keepSpecAndMeta(next, old), old),
    validate: validateStatus,
    resets: ['metadata', 'spec'],
  },
  subresources: [statusSubresource('ResourceClaim')],
})

function* validateStatus(next: ResourceClaim, old: ResourceClaim, facts: RequestFacts): FieldErrors {
  yield* validateAdminResults(next, old, facts)
  yield* validateClaimStatus(next, old)
}

function stateOf({ metadata, status: { allocation, reservedFor = [] } }: ResourceClaim): string {
  const states = [
    ...(metadata.deletionTimestamp === undefined ? [] : ['deleted']),
    ...(allocation === undefined ? ['pending'] : ['allocated']),
    ...(allocation !== undefined && reservedFor.length > 0 ? ['reserved'] : []),
  ]
  return states.join(',')
}
