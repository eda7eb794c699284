/** A wish to have all objects of a resource written anew, in the version that is stored today. */
import { isConditionTrue } from '#meta/conditions'
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1035Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateConditions } from '../conditions-validation.ts'
import { isSameValue } from '../same-value.ts'
import { keepSpec, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type StorageVersionMigration = types.StorageVersionMigration
export const StorageVersionMigration: Kind<StorageVersionMigration> = defineKind({
  apiVersion: 'storagemigration.k8s.io/v1beta1',
  kind: 'StorageVersionMigration',
  plural: 'storageversionmigrations',
  scope: 'Cluster',
  schema: schemas.StorageVersionMigration,
  columns: [
    { name: 'Name', type: 'string', describedBy: 'metadata.name', cell: ({ metadata }) => metadata.name ?? '' },
    { name: 'Resource', type: 'string', description: 'GroupResource to migrate', cell: resourceText },
    { name: 'Status', type: 'string', description: 'Status of the migration', cell: stateOf },
  ],
  prepareCreate: withoutStatus,
  validate: validateMigration,
  update: { prepare: keepStatus, validate: validateSame },
  status: { prepare: keepSpec, validate: ({ status }) => validateConditions(status.conditions, FieldPath.of('status', 'conditions')) },
  subresources: [statusSubresource('StorageVersionMigration')],
  updatesUnconditionally: false,
})

const at = FieldPath.of('spec', 'resource')

/** As upstream, which shows the name that the field has inside. */
function* validateSame({ spec: { resource } }: StorageVersionMigration, old: StorageVersionMigration): FieldErrors {
  if (!isSameValue(resource, old.spec.resource)) yield invalid(FieldPath.of('spec'), { Resource: resource }, 'field is immutable')
}

function* validateMigration({ spec: { resource } }: StorageVersionMigration): FieldErrors {
  const { group = '', resource: plural = '' } = resource ?? {}
  if (plural === '') yield required(at.field('resource'), 'resource is required to be set')
  else yield* invalidEach(at.field('resource'), plural, isDns1035Label(plural))
  if (group !== '') yield* invalidEach(at.field('group'), group, isDns1123Subdomain(group))
}

function resourceText({ spec: { resource } }: StorageVersionMigration): string {
  const { group = '', resource: plural = '' } = resource ?? {}
  return group === '' ? plural : `${plural}.${group}`
}

function stateOf({ status: { conditions } }: StorageVersionMigration): string {
  return ['Succeeded', 'Failed', 'Running'].find((type) => isConditionTrue(conditions, type)) ?? 'Unknown'
}
