/** Volumes of a pod: one source each (upstream: ValidateVolumes). Sources of storage systems are in `storage-volume-validation.ts`. */
import {
  duplicate,
  type FieldError,
  type FieldErrors,
  type FieldPath,
  forbiddenField,
  invalid,
  notSupported,
  required,
} from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import type { ObjectMeta } from '#meta/types.gen'
import { validateTemplateMeta } from '../../template-meta-validation.ts'
import { validateClaimSpec } from '../claim-validation.ts'
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  PersistentVolumeClaimTemplate,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  Volume,
  VolumeProjection,
} from '../types.gen.ts'
import { validateFieldRef, validateResourceRef, volumeFields } from './field-reference-validation.ts'
import { validateFileMode, validateNoBacksteps, validateUnreservedPath } from './path-validation.ts'
import { validateStorageSource } from './storage-volume-validation.ts'

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const tokenSecondsMin = 600
const tokenSecondsMax = 2 ** 32

/** Returns those that are all right, by name: only they can be mounted. */
export function* validateVolumes(
  volumes: readonly Volume[],
  metadata: ObjectMeta,
  at: FieldPath,
): Generator<FieldError, ReadonlyMap<string, Volume>, undefined> {
  const known = new Map<string, Volume>()
  for (const [index, volume] of volumes.entries()) {
    const errors = [...validateVolume(volume, metadata, known, at.index(index))]
    if (errors.length === 0) known.set(volume.name, volume)
    yield* errors
  }
  return known
}

function* validateVolume(volume: Volume, metadata: ObjectMeta, known: ReadonlyMap<string, Volume>, at: FieldPath): FieldErrors {
  const { name = '', ephemeral } = volume
  yield* validateSource(volume, at)
  if (ephemeral !== undefined && name !== '' && metadata.name) {
    const claimName = `${metadata.name}-${name}`
    for (const problem of isDns1123Subdomain(claimName))
      yield invalid(at.field('name'), name, `PVC name ${JSON.stringify(claimName)}: ${problem}`)
  }
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isDns1123Label(name))
  if (known.has(name)) yield duplicate(at.field('name'), name)
}

function* validateSource(volume: Volume, at: FieldPath): FieldErrors {
  const sources = volumeSourcesOf(volume)
  if (sources.length === 0) return yield required(at, 'must specify a volume type')
  for (const [index, field] of sources.entries()) {
    if (index > 0) yield forbiddenField(at.field(refusedNames[field] ?? field), 'may not specify more than 1 volume type')
    else yield* validateVolumeSource(volume, field, at.field(shownNames[field] ?? field))
  }
}

/** Names that upstream spells its own way. */
const refusedNames: { readonly [field: string]: string } = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }
const shownNames: { readonly [field: string]: string } = { gcePersistentDisk: 'persistentDisk' }

type SourceField = (typeof sourceOrder)[number]
type Sources = Omit<Volume, 'name'>

/** The sources that are there, in the order in which upstream looks at them. */
function volumeSourcesOf(volume: Sources): readonly SourceField[] {
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
      else yield* validateClaimTemplate(volume.ephemeral.volumeClaimTemplate, at.field('volumeClaimTemplate'))
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
  for (const [index, source] of sources.entries()) yield* validateProjection(source, paths, at, at.field('sources').index(index))
}

/** As upstream: what concerns paths stands at the volume, not at the source. */
function* validateProjection(source: VolumeProjection, paths: Set<string>, volume: FieldPath, at: FieldPath): FieldErrors {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source
  for (const [field, from] of Object.entries({ secret, configMap })) {
    if (from === undefined) continue
    if (!from.name) yield required(at.field(field).field('name'))
    for (const [index, item] of (from.items ?? []).entries()) {
      yield* validateItem(item, at.field(field).field('items').index(index))
      yield* validateNewPath(item.path, from.name ?? '', paths, volume)
    }
  }
  for (const file of downwardAPI?.items ?? []) {
    yield* validateDownwardFile(file, at.field('downwardAPI'))
    yield* validateNewPath(file.path, file.path, paths, volume)
  }
  if (serviceAccountToken !== undefined) yield* validateToken(serviceAccountToken, volume, at.field('serviceAccountToken'))
  const given = [secret, configMap, downwardAPI, serviceAccountToken].filter((one) => one !== undefined)
  if (given.length > 1) yield forbiddenField(at, 'may not specify more than 1 volume type per source')
}

function* validateNewPath(path: string | undefined, shown: string, paths: Set<string>, at: FieldPath): FieldErrors {
  if (!path) return
  if (paths.has(path)) yield invalid(at, shown, 'conflicting duplicate paths')
  paths.add(path)
}

function* validateToken(
  { expirationSeconds: seconds = 0, path }: ServiceAccountTokenProjection,
  volume: FieldPath,
  at: FieldPath,
): FieldErrors {
  if (seconds < tokenSecondsMin) yield invalid(at.field('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes')
  if (seconds > tokenSecondsMax)
    yield invalid(at.field('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds')
  if (!path) yield required(volume.field('path'))
  else yield* validateUnreservedPath(path, volume.field('path'))
}

function* validateClaimTemplate({ metadata, spec }: PersistentVolumeClaimTemplate, at: FieldPath): FieldErrors {
  yield* validateTemplateMeta(metadata, at.field('metadata'))
  yield* validateClaimSpec(spec, at.field('spec'))
}
