/** What a volume has to keep; where its bytes are never changes (upstream: ValidatePersistentVolume). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import type { Schema } from '#meta/schema/schema'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { valueDiff } from '../shown/value-diff.ts'
import { validateAccessModes } from './access-modes.ts'
import { validateNodeSelector } from './pod/affinity-validation.ts'
import { validateNoBacksteps } from './pod/path-validation.ts'
import { validateDriver } from './pod/storage-volume-validation.ts'
import { validateVolumeSource } from './pod/volume-validation.ts'
import * as schemas from './schema.gen.ts'
import type { CSIPersistentVolumeSource, PersistentVolume, PersistentVolumeSpec, VolumeNodeAffinity } from './types.gen.ts'

const spec = FieldPath.of('spec')
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const volumeModes = ['Block', 'Filesystem']

export function* validatePersistentVolume({ spec: volume }: PersistentVolume): FieldErrors {
  const { accessModes = [], capacity, persistentVolumeReclaimPolicy: policy, volumeMode, storageClassName = '' } = volume
  yield* validateModesOfAccess(accessModes, spec.field('accessModes'))
  yield* validateCapacity(capacity, spec.field('capacity'))
  if (policy && !reclaimPolicies.includes(policy)) yield notSupported(spec.field('persistentVolumeReclaimPolicy'), policy, reclaimPolicies)
  yield* validateNodeAffinity(volume)
  yield* validateSources(volume, spec)
  if (storageClassName !== '') yield* invalidEach(spec.field('storageClassName'), storageClassName, isDns1123Subdomain(storageClassName))
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode)) yield notSupported(spec.field('volumeMode'), volumeMode, volumeModes)
  yield* validateAttributesClass(volume)
}

/** A volume that stands in an attachment is of a CSI driver, and bound to nothing. */
export function* validateInlineVolume(volume: PersistentVolumeSpec, at: FieldPath): FieldErrors {
  const forbidden = 'may not be specified in the context of inline volumes'
  const { claimRef, capacity = {}, csi, accessModes = [], persistentVolumeReclaimPolicy: policy, nodeAffinity, volumeMode } = volume
  if (claimRef !== undefined) yield forbiddenField(at.field('claimRef'), forbidden)
  if (Object.keys(capacity).length > 0) yield forbiddenField(at.field('capacity'), forbidden)
  if (csi === undefined) yield required(at.field('csi'), 'has to be specified in the context of inline volumes')
  yield* validateModesOfAccess(accessModes, at.field('accessModes'))
  if (policy && policy !== 'Retain')
    yield forbiddenField(at.field('persistentVolumeReclaimPolicy'), 'may only be Retain in the context of inline volumes')
  if (nodeAffinity !== undefined) yield forbiddenField(at.field('nodeAffinity'), forbidden)
  yield* validateSources(volume, at)
  if (volume.storageClassName) yield forbiddenField(at.field('storageClassName'), forbidden)
  if (volumeMode !== undefined && volumeMode !== 'Filesystem')
    yield forbiddenField(at.field('volumeMode'), 'may not specify volumeMode other than Filesystem in the context of inline volumes')
}

function* validateModesOfAccess(modes: readonly string[], at: FieldPath): FieldErrors {
  if (modes.length === 0) yield required(at)
  yield* validateAccessModes(modes, at)
}

function* validateNodeAffinity({ nodeAffinity }: PersistentVolumeSpec): FieldErrors {
  if (nodeAffinity === undefined) return
  const at = spec.field('nodeAffinity').field('required')
  if (nodeAffinity.required === undefined) yield required(at, 'must specify required node constraints')
  else yield* validateNodeSelector(nodeAffinity.required, at)
}

function* validateAttributesClass({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec): FieldErrors {
  if (name === undefined) return
  const at = spec.field('volumeAttributesClassName')
  if (name === '') yield required(at, 'an empty string is disallowed')
  else yield* invalidEach(at, name, isDns1123Subdomain(name))
  if (csi === undefined) yield required(spec.field('csi'), 'has to be specified when using volumeAttributesClassName')
}

export function* validateVolumeUpdate(next: PersistentVolume, old: PersistentVolume): FieldErrors {
  // As upstream: told twice.
  yield* validatePersistentVolume(next)
  if (!isSameValue(sourceOf(next.spec), sourceOf(old.spec))) {
    const shown = valueDiff(sourceSchema, old.spec, next.spec)
    yield forbiddenField(spec.field('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${shown}`)
  }
  if (next.spec.volumeMode !== old.spec.volumeMode)
    yield invalid(FieldPath.of('volumeMode'), next.spec.volumeMode ?? null, 'field is immutable')
  const { nodeAffinity } = old.spec
  if (nodeAffinity !== undefined && !isSameAffinity(next.spec.nodeAffinity, nodeAffinity)) {
    const shown = internalForm(schemas.VolumeNodeAffinity, next.spec.nodeAffinity)
    yield invalid(FieldPath.of('nodeAffinity'), shown, 'field is immutable, except for updating from beta label to GA')
  }
}

const stableLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
}

/** A label of old may become the one that it is called today. */
function isSameAffinity(next: VolumeNodeAffinity | undefined, old: VolumeNodeAffinity): boolean {
  const terms = old.required?.nodeSelectorTerms.map((term, index) => ({
    ...term,
    matchExpressions: term.matchExpressions?.map((one, at) => {
      const key = next?.required?.nodeSelectorTerms[index]?.matchExpressions?.[at]?.key
      return key !== undefined && stableLabels[one.key] === key ? { ...one, key } : one
    }),
  }))
  return isSameValue(next, terms === undefined ? old : { required: { nodeSelectorTerms: terms } })
}

function* validateCapacity(given: Readonly<Record<string, string>> | undefined, at: FieldPath): FieldErrors {
  const capacity = given ?? {}
  const names = Object.keys(capacity)
  const shown = given ?? null
  if (names.length === 0) yield required(at)
  if (names.length !== 1 || names[0] !== 'storage') yield notSupported(at, shown, ['storage'])
  for (const [name, amount] of Object.entries(capacity)) {
    const nano = tryParseQuantity(amount)?.nano ?? 1n
    // As upstream prints it: the amount as a number.
    if (nano < 0n) yield invalid(at.key(name), Number(nano / 1_000_000_000n), 'must be a valid resource quantity')
    if (nano <= 0n) yield invalid(at.key(name), amount, 'must be greater than zero')
  }
}

/** In the order in which upstream looks at them. */
const sourceOrder = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const

function* validateSources(volume: PersistentVolumeSpec, at: FieldPath): FieldErrors {
  const sources = sourceOrder.filter((field) => volume[field] !== undefined)
  if (sources.length === 0) return yield required(at, 'must specify a volume type')
  let count = 0
  for (const field of sources) {
    // As upstream: a flex volume is not counted among the others.
    if (field !== 'flexVolume' && ++count > 1)
      yield forbiddenField(at.field(field === 'cephfs' ? 'cephFS' : field), 'may not specify more than 1 volume type')
    else yield* validateSource(volume, field, at)
  }
  if (volume.hostPath?.path === '/' && volume.persistentVolumeReclaimPolicy === 'Recycle')
    yield forbiddenField(at.field('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'")
}

function* validateSource(volume: PersistentVolumeSpec, field: (typeof sourceOrder)[number], root: FieldPath): FieldErrors {
  const at = root.field(field)
  switch (field) {
    case 'local':
      return yield* validateLocal(volume, root)
    case 'csi':
      return yield* validateCsi(volume.csi ?? {}, at)
    case 'gcePersistentDisk':
      return yield* validateVolumeSource(volume, field, root.field('persistentDisk'))
    case 'glusterfs':
      yield* validateVolumeSource(volume, field, at)
      return yield* validateNamespaceOf(volume.glusterfs?.endpointsNamespace, at.field('endpointsNamespace'))
    case 'azureFile':
      yield* validateVolumeSource(volume, field, at)
      if (volume.azureFile?.secretNamespace === '') yield required(at.field('secretNamespace'))
      return
    default:
      yield* validateVolumeSource(volume, field, at)
      yield* validateSecret(volume, field, at.field('secretRef'))
  }
}

function* validateSecret(volume: PersistentVolumeSpec, field: string, at: FieldPath): FieldErrors {
  if (field === 'iscsi' && volume.iscsi?.secretRef !== undefined && !volume.iscsi.secretRef.name) yield required(at.field('name'))
  const reference = field === 'cinder' ? volume.cinder?.secretRef : field === 'storageos' ? volume.storageos?.secretRef : undefined
  if (reference !== undefined && !reference.namespace) yield required(at.field('namespace'))
}

function* validateNamespaceOf(name: string | undefined, at: FieldPath): FieldErrors {
  if (name !== undefined) yield* invalidEach(at, name, isDns1123Label(name))
}

/** As upstream: the secret of a node's staging is not looked at. */
const csiSecrets = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const

function* validateCsi(source: Partial<CSIPersistentVolumeSource>, at: FieldPath): FieldErrors {
  yield* validateDriver(source.driver ?? '', at.field('driver'))
  if (!source.volumeHandle) yield required(at.field('volumeHandle'))
  for (const field of csiSecrets) {
    const reference = source[field]
    if (reference === undefined) continue
    const { name = '', namespace = '' } = reference
    const here = at.field(field)
    if (name === '') yield required(here.field('name'))
    else yield* invalidEach(here.field('name'), name, isDns1123Subdomain(name))
    if (namespace === '') yield required(here.field('namespace'))
    else yield* invalidEach(here.field('namespace'), namespace, isDns1123Label(namespace))
  }
}

function* validateLocal({ local, nodeAffinity }: PersistentVolumeSpec, root: FieldPath): FieldErrors {
  const at = root.field('local').field('path')
  if (!local?.path) yield required(at)
  else yield* validateNoBacksteps(local.path, at)
  if (nodeAffinity === undefined) yield required(root.field('nodeAffinity'), 'Local volume requires node affinity')
}

/** Of a volume only what it is, as upstream keeps it apart. */
const sourceSchema: Schema = {
  type: 'object',
  name: 'io.k8s.api.core.v1.PersistentVolumeSource',
  get properties() {
    return schemas.PersistentVolumeSpec.properties ?? {}
  },
}

function sourceOf(volume: PersistentVolumeSpec): unknown {
  const fields = new Set<string>(sourceOrder)
  return Object.fromEntries(Object.entries(volume).filter(([field]) => fields.has(field)))
}
