/** Volumes of a pod: one source each (upstream: ValidateVolumes). Sources of storage systems are in `storage-volume-validation.ts`. */
import { duplicate, type FieldErrors, type FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import type { ObjectMeta } from '#meta/types.gen'
import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource, Volume, VolumeProjection } from '../types.gen.ts'
import { validateFieldRef, validateResourceRef, volumeFields } from './field-reference-validation.ts'
import { validateFileMode, validateNoBacksteps, validateUnreservedPath } from './path-validation.ts'
import { validateStorageSource } from './storage-volume-validation.ts'

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const tokenSecondsMin = 600
const tokenSecondsMax = 2 ** 32

export function* validateVolumes(volumes: readonly Volume[], _metadata: ObjectMeta, at: FieldPath): FieldErrors {
  const names = new Set<string>()
  for (const [index, volume] of volumes.entries()) {
    const here = at.index(index)
    yield* validateSource(volume, here)
    if (!volume.name) yield required(here.field('name'))
    else yield* invalidEach(here.field('name'), volume.name, isDns1123Label(volume.name))
    if (names.has(volume.name)) yield duplicate(here.field('name'), volume.name)
    names.add(volume.name)
  }
}

function* validateSource(volume: Volume, at: FieldPath): FieldErrors {
  const sources = volumeSourcesOf(volume)
  if (sources.length === 0) return yield required(at, 'must specify a volume type')
  for (const [index, field] of sources.entries()) {
    if (index > 0) yield forbiddenField(at.field(field), 'may not specify more than 1 volume type')
    else yield* validateVolumeSource(volume, field, at.field(field))
  }
}

type SourceField = (typeof sourceOrder)[number]
type Sources = Omit<Volume, 'name'>

/** The sources that are there, in the order in which upstream looks at them. */
export function volumeSourcesOf(volume: Sources): readonly SourceField[] {
  return sourceOrder.filter((field) => volume[field] !== undefined)
}

const sourceOrder = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'flocker',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'quobyte',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const

/** `volume` may be a persistent one: the sources that both have are alike. */
export function* validateVolumeSource(volume: Sources, field: SourceField, at: FieldPath): FieldErrors {
  switch (field) {
    case 'emptyDir':
      if (volume.emptyDir?.sizeLimit !== undefined && (tryParseQuantity(volume.emptyDir.sizeLimit)?.nano ?? 0n) < 0n) {
        yield forbiddenField(at.field('sizeLimit'), 'SizeLimit field must be a valid resource quantity')
      }
      return
    case 'hostPath':
      return yield* validateHostPath(volume.hostPath ?? {}, at)
    case 'secret':
      if (!volume.secret?.secretName) yield required(at.field('secretName'))
      return yield* validateFiles(volume.secret ?? {}, at)
    case 'configMap':
      if (!volume.configMap?.name) yield required(at.field('name'))
      return yield* validateFiles(volume.configMap ?? {}, at)
    case 'downwardAPI':
      yield* validateFileMode(volume.downwardAPI?.defaultMode, at.field('defaultMode'))
      for (const file of volume.downwardAPI?.items ?? []) yield* validateDownwardFile(file, at)
      return
    case 'projected':
      return yield* validateProjected(volume.projected ?? {}, at)
    case 'persistentVolumeClaim':
      if (!volume.persistentVolumeClaim?.claimName) yield required(at.field('claimName'))
      return
    case 'ephemeral':
      if (volume.ephemeral?.volumeClaimTemplate === undefined) yield required(at.field('volumeClaimTemplate'))
      return
    case 'image':
      return yield* validateImage(volume.image ?? {}, at)
    default:
      yield* validateStorageSource(volume, field, at)
  }
}

function* validateHostPath({ path = '', type }: { readonly path?: string; readonly type?: string }, at: FieldPath): FieldErrors {
  if (path === '') return yield required(at.field('path'))
  yield* validateNoBacksteps(path, at.field('path'))
  if (type !== undefined && !hostPathTypes.includes(type)) yield notSupported(at.field('type'), type, hostPathTypes)
}

function* validateImage(
  { reference = '', pullPolicy }: { readonly reference?: string; readonly pullPolicy?: string },
  at: FieldPath,
): FieldErrors {
  if (reference === '') yield required(at.field('reference'))
  if (pullPolicy !== undefined && !pullPolicies.includes(pullPolicy)) yield notSupported(at.field('pullPolicy'), pullPolicy, pullPolicies)
}

function* validateFiles(
  { defaultMode, items = [] }: { readonly defaultMode?: number; readonly items?: readonly KeyToPath[] },
  at: FieldPath,
): FieldErrors {
  yield* validateFileMode(defaultMode, at.field('defaultMode'))
  for (const [index, item] of items.entries()) yield* validateItem(item, at.field('items').index(index))
}

function* validateItem({ key = '', path = '', mode }: KeyToPath, at: FieldPath): FieldErrors {
  if (key === '') yield required(at.field('key'))
  if (path === '') yield required(at.field('path'))
  else yield* validateUnreservedPath(path, at.field('path'))
  yield* validateFileMode(mode, at.field('mode'))
}

function* validateDownwardFile({ path = '', fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile, at: FieldPath): FieldErrors {
  if (path === '') yield required(at.field('path'))
  else yield* validateUnreservedPath(path, at.field('path'))
  if (fieldRef !== undefined) {
    yield* validateFieldRef(fieldRef, volumeFields, at.field('fieldRef'))
    if (resourceFieldRef !== undefined) yield invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')
  } else if (resourceFieldRef !== undefined) yield* validateResourceRef(resourceFieldRef, true, at.field('resourceFieldRef'))
  else yield required(at, 'one of fieldRef and resourceFieldRef is required')
  yield* validateFileMode(mode, at.field('mode'))
}

function* validateProjected({ defaultMode, sources = [] }: ProjectedVolumeSource, at: FieldPath): FieldErrors {
  yield* validateFileMode(defaultMode, at.field('defaultMode'))
  const paths = new Set<string>()
  for (const [index, source] of sources.entries()) {
    yield* validateProjection(source, at.field('sources').index(index))
    for (const path of pathsOf(source)) {
      // As upstream: the error shows the name of the source, and the path where it has none.
      if (paths.has(path)) yield invalid(at, source.secret?.name ?? source.configMap?.name ?? path, 'conflicting duplicate paths')
      paths.add(path)
    }
  }
}

function* validateProjection({ secret, configMap, downwardAPI, serviceAccountToken: token }: VolumeProjection, at: FieldPath): FieldErrors {
  for (const [field, source] of Object.entries({ secret, configMap })) {
    if (source === undefined) continue
    if (!source.name) yield required(at.field(field).field('name'))
    yield* validateFiles(source, at.field(field))
  }
  for (const file of downwardAPI?.items ?? []) yield* validateDownwardFile(file, at.field('downwardAPI'))
  if (token === undefined) return
  const here = at.field('serviceAccountToken')
  const seconds = token.expirationSeconds ?? 0
  if (seconds < tokenSecondsMin) yield invalid(here.field('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes')
  if (seconds > tokenSecondsMax)
    yield invalid(here.field('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds')
  if (!token.path) yield required(here.field('path'))
  else yield* validateUnreservedPath(token.path, here.field('path'))
}

function pathsOf({ secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle }: VolumeProjection): readonly string[] {
  const items = [...(secret?.items ?? []), ...(configMap?.items ?? []), ...(downwardAPI?.items ?? [])].map((item) => item.path)
  return [...items, serviceAccountToken?.path, clusterTrustBundle?.path].filter((path) => path !== undefined)
}
