/** In which version each API server of a cluster writes a resource to the store. */
import { defineKind, type Kind } from '#meta/kind'
import { isDns1035Label, isDns1123Subdomain } from '#meta/names'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpec, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type StorageVersion = types.StorageVersion
export const StorageVersion: Kind<StorageVersion> = defineKind({
  apiVersion: 'internal.apiserver.k8s.io/v1alpha1',
  kind: 'StorageVersion',
  plural: 'storageversions',
  scope: 'Cluster',
  schema: schemas.StorageVersion,
  columns: [
    nameColumn,
    {
      name: 'CommonEncodingVersion',
      type: 'string',
      describedBy: 'status.commonEncodingVersion',
      cell: ({ status }) => status.commonEncodingVersion ?? '<unset>',
    },
    { name: 'StorageVersions', type: 'string', describedBy: 'status.storageVersions', cell: versionsText },
    ageColumn,
  ],
  validateName: nameProblems,
  prepareCreate: withoutStatus,
  update: { prepare: keepStatus },
  status: { prepare: keepSpec },
  subresources: [statusSubresource('StorageVersion')],
  updatesUnconditionally: false,
})

function nameProblems(name: string): readonly string[] {
  const dot = name.lastIndexOf('.')
  if (dot < 0) return ['name must be in the form of <group>.<resource>']
  return [
    ...isDns1123Subdomain(name.slice(0, dot)).map((message) => `the group segment ${message}`),
    ...isDns1035Label(name.slice(dot + 1)).map((message) => `the resource segment ${message}`),
  ]
}

const shownMax = 3

function versionsText({ status: { storageVersions = [] } }: StorageVersion): string {
  if (storageVersions.length === 0) return '<unset>'
  const texts = storageVersions.map(({ apiServerID, encodingVersion }) => `${apiServerID}=${encodingVersion}`)
  const more = texts.length > shownMax ? ` + ${texts.length - shownMax} more...` : ''
  return `${texts.slice(0, shownMax).join(',')}${more}`
}
