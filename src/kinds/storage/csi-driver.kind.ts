/** What a storage driver can do, and needs. */
import { type FieldErrors, FieldPath, immutable } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type CSIDriver = types.CSIDriver
export const CSIDriver: Kind<CSIDriver> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  hasGeneration: true,
  returnsDeleted: true,
  updatesUnconditionally: false,
  schema: schemas.CSIDriver,
  columns: [
    nameColumn,
    {
      name: 'AttachRequired',
      type: 'boolean',
      describedBy: 'spec.attachRequired',
      cell: (object) => object.spec.attachRequired ?? true,
    },
    {
      name: 'PodInfoOnMount',
      type: 'boolean',
      describedBy: 'spec.podInfoOnMount',
      cell: (object) => object.spec.podInfoOnMount ?? false,
    },
    {
      name: 'StorageCapacity',
      type: 'boolean',
      describedBy: 'spec.storageCapacity',
      cell: (object) => object.spec.storageCapacity ?? false,
    },
    {
      name: 'TokenRequests',
      type: 'string',
      describedBy: 'spec.tokenRequests',
      cell: (object) => (object.spec.tokenRequests ?? []).map((request) => request.audience).join(',') || '<unset>',
    },
    {
      name: 'RequiresRepublish',
      type: 'boolean',
      describedBy: 'spec.requiresRepublish',
      cell: (object) => object.spec.requiresRepublish ?? false,
    },
    {
      name: 'Modes',
      type: 'string',
      describedBy: 'spec.volumeLifecycleModes',
      cell: (object) => (object.spec.volumeLifecycleModes ?? []).join(','),
    },
    ageColumn,
  ],
  defaults: (object) => ({
    ...object,
    spec: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
      ...object.spec,
    },
  }),
  warnings: driverWarnings,
  // As upstream: only changes are counted.
  prepareCreate: (driver) => withMeta(driver, { generation: undefined }),
  update: { validate: validateDriverUpdate },
})

/** As upstream, which spells one of the fields its own way. */
function* validateDriverUpdate({ spec: next }: CSIDriver, { spec: old }: CSIDriver): FieldErrors {
  const at = FieldPath.of('spec')
  yield* immutable(at.field('attachedRequired'), next.attachRequired, old.attachRequired)
  yield* immutable(at.field('fsGroupPolicy'), next.fsGroupPolicy, old.fsGroupPolicy)
  yield* immutable(at.field('volumeLifecycleModes'), next.volumeLifecycleModes, old.volumeLifecycleModes)
}

function driverWarnings({ spec: { tokenRequests = [], serviceAccountTokenInSecrets } }: CSIDriver): readonly string[] {
  if (tokenRequests.length === 0 || serviceAccountTokenInSecrets !== undefined) return []
  return [
    'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
  ]
}
