/** What a storage driver can do, and needs. */
import { duplicate, type FieldErrors, FieldPath, immutable, invalid, notSupported } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

/** Of several lines, which the declarations have lost. */
const tokenRequestsText = `tokenRequests indicates the CSI driver needs pods' service account tokens it is mounting volume for to do necessary authentication. Kubelet will pass the tokens in VolumeContext in the CSI NodePublishVolume calls. The CSI driver should parse and validate the following VolumeContext: "csi.storage.k8s.io/serviceAccount.tokens": {\n  "<audience>": {\n    "token": <token>,\n    "expirationTimestamp": <expiration timestamp in RFC3339>,\n  },\n  ...\n}\n\nNote: Audience in each TokenRequest should be different and at most one token is empty string. To receive a new token after expiry, RequiresRepublish can be used to trigger NodePublishVolume periodically.`

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
      description: tokenRequestsText,
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
  validate: validateDriver,
  warnings: driverWarnings,
  // As upstream: only changes are counted.
  prepareCreate: (driver) => withMeta(driver, { generation: undefined }),
  update: { validate: validateDriverUpdate },
})

const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType']
const lifecycleModes = ['Persistent', 'Ephemeral']
const tokenSecondsMin = 600
const tokenSecondsMax = 2 ** 32
const updateSecondsMin = 10

function* validateDriver({ spec }: CSIDriver): FieldErrors {
  const at = FieldPath.of('spec')
  const {
    fsGroupPolicy,
    tokenRequests = [],
    volumeLifecycleModes = [],
    serviceAccountTokenInSecrets,
    nodeAllocatableUpdatePeriodSeconds,
  } = spec
  if (fsGroupPolicy !== undefined && !fsGroupPolicies.includes(fsGroupPolicy))
    yield notSupported(at.field('fsGroupPolicy'), fsGroupPolicy, fsGroupPolicies)
  yield* validateTokenRequests(tokenRequests, at.field('tokenRequests'))
  for (const mode of volumeLifecycleModes)
    if (!lifecycleModes.includes(mode)) yield notSupported(at.field('volumeLifecycleModes'), mode, lifecycleModes)
  if (nodeAllocatableUpdatePeriodSeconds !== undefined && nodeAllocatableUpdatePeriodSeconds < updateSecondsMin) {
    const problem = `must be greater than or equal to ${updateSecondsMin} seconds`
    yield invalid(at.field('nodeAllocatableUpdatePeriodSeconds'), nodeAllocatableUpdatePeriodSeconds, problem)
  }
  if (serviceAccountTokenInSecrets !== undefined && tokenRequests.length === 0) {
    const problem = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'
    yield invalid(at.field('serviceAccountTokenInSecrets'), serviceAccountTokenInSecrets, problem)
  }
}

function* validateTokenRequests(requests: readonly types.TokenRequest[], at: FieldPath): FieldErrors {
  const audiences = new Set<string>()
  for (const [index, { audience = '', expirationSeconds }] of requests.entries()) {
    if (audiences.has(audience)) {
      yield duplicate(at.index(index).field('audience'), audience)
      continue
    }
    audiences.add(audience)
    const here = at.index(index).field('expirationSeconds')
    if (expirationSeconds === undefined) continue
    if (expirationSeconds < tokenSecondsMin) yield invalid(here, expirationSeconds, 'may not specify a duration less than 10 minutes')
    if (expirationSeconds > tokenSecondsMax) yield invalid(here, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')
  }
}

/** As upstream, which spells one of the fields its own way. */
function* validateDriverUpdate({ spec: next }: CSIDriver, { spec: old }: CSIDriver): FieldErrors {
  const at = FieldPath.of('spec')
  yield* immutable(at.field('attachedRequired'), next.attachRequired, old.attachRequired)
  yield* immutable(at.field('volumeLifecycleModes'), next.volumeLifecycleModes, old.volumeLifecycleModes)
}

function driverWarnings({ spec }: CSIDriver, old: CSIDriver | undefined): readonly string[] {
  const { tokenRequests = [], serviceAccountTokenInSecrets } = spec
  const isKnown = (old?.spec.tokenRequests ?? []).length > 0
  if (isKnown || tokenRequests.length === 0 || serviceAccountTokenInSecrets !== undefined) return []
  return [
    'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
  ]
}
