/** What a volume has to keep; where its bytes are never changes (upstream: ValidatePersistentVolume). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { valueDiff } from '../shown/value-diff.ts'
import { validateAccessModes } from './access-modes.ts'
import { validateNodeSelector } from './pod/affinity-validation.ts'
import { validateNoBacksteps } from './pod/path-validation.ts'
import { validateDriver } from './pod/storage-volume-validation.ts'
import { validateVolumeSource } from './pod/volume-validation.ts'
import * as schemas from './schema.gen.ts'
import type { CSIPersistentVolumeSource, PersistentVolume, PersistentVolumeSpec } from './types.gen.ts'

const spec = FieldPath.of('spec')
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const volumeModes = ['Block', 'Filesystem']

export function* validatePersistentVolume({ spec: volume }: PersistentVolume): FieldErrors {
  const { accessModes = [], capacity, persistentVolumeReclaimPolicy: policy, volumeMode, storageClassName = '', hostPath } = volume
  if (accessModes.length === 0) yield required(spec.field('accessModes'))
  yield* validateAccessModes(accessModes, spec.field('accessModes'))
  yield* validateCapacity(capacity, spec.field('capacity'))
  if (policy && !reclaimPolicies.includes(policy)) yield notSupported(spec.field('persistentVolumeReclaimPolicy'), policy, reclaimPolicies)
  yield* validateNodeAffinity(volume)
  yield* validateSources(volume)
  if (hostPath?.path === '/' && policy === 'Recycle') {
    yield forbiddenField(spec.field('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'")
  }
  if (storageClassName !== '') yield* invalidEach(spec.field('storageClassName'), storageClassName, isDns1123Subdomain(storageClassName))
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode)) yield notSupported(spec.field('volumeMode'), volumeMode, volumeModes)
  yield* validateAttributesClass(volume)
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
    const shown = valueDiff(schemas.PersistentVolumeSpec, old.spec, next.spec)
    yield forbiddenField(spec.field('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${shown}`)
  }
  if (next.spec.volumeMode !== old.spec.volumeMode)
    yield invalid(FieldPath.of('volumeMode'), next.spec.volumeMode ?? null, 'field is immutable')
  const hadAffinity = old.spec.nodeAffinity !== undefined
  if (hadAffinity && !isSameValue(next.spec.nodeAffinity, old.spec.nodeAffinity)) {
    const shown = internalForm(schemas.VolumeNodeAffinity, next.spec.nodeAffinity)
    yield invalid(FieldPath.of('nodeAffinity'), shown, 'field is immutable, except for updating from beta label to GA')
  }
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

function* validateSources(volume: PersistentVolumeSpec): FieldErrors {
  const sources = sourceOrder.filter((field) => volume[field] !== undefined)
  if (sources.length === 0) return yield required(spec, 'must specify a volume type')
  let count = 0
  for (const field of sources) {
    // As upstream: a flex volume is not counted among the others.
    if (field !== 'flexVolume' && ++count > 1)
      yield forbiddenField(spec.field(field === 'cephfs' ? 'cephFS' : field), 'may not specify more than 1 volume type')
    else yield* validateSource(volume, field)
  }
}

function* validateSource(volume: PersistentVolumeSpec, field: (typeof sourceOrder)[number]): FieldErrors {
  const at = spec.field(field)
  switch (field) {
    case 'local':
      return yield* validateLocal(volume)
    case 'csi':
      return yield* validateCsi(volume.csi ?? {}, at)
    case 'gcePersistentDisk':
      return yield* validateVolumeSource(volume, field, spec.field('persistentDisk'))
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

function* validateLocal({ local, nodeAffinity }: PersistentVolumeSpec): FieldErrors {
  const at = spec.field('local').field('path')
  if (!local?.path) yield required(at)
  else yield* validateNoBacksteps(local.path, at)
  if (nodeAffinity === undefined) yield required(spec.field('nodeAffinity'), 'Local volume requires node affinity')
}

function sourceOf(volume: PersistentVolumeSpec): unknown {
  const fields = new Set<string>(sourceOrder)
  return Object.fromEntries(Object.entries(volume).filter(([field]) => fields.has(field)))
}
