/** Volumes of storage systems, in pods and persistent volumes alike. */
import { type FieldErrors, type FieldPath, invalid, notSupported, required, tooLong } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateBetween } from '../../number-validation.ts'
import type {
  AzureDiskVolumeSource,
  CSIVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  ISCSIVolumeSource,
  NFSVolumeSource,
  QuobyteVolumeSource,
  StorageOSVolumeSource,
  Volume,
} from '../types.gen.ts'
import { validateDescendingPath } from './path-validation.ts'

/** The fields that a source cannot do without, in the order in which upstream asks for them. */
const requiredFields: Readonly<Record<string, readonly string[]>> = {
  awsElasticBlockStore: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  azureFile: ['secretName', 'shareName'],
  cephfs: ['monitors'],
  cinder: ['volumeID'],
  flexVolume: ['driver'],
  gcePersistentDisk: ['pdName'],
  gitRepo: ['repository'],
  glusterfs: ['endpoints', 'path'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  rbd: ['monitors', 'image'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  storageos: ['volumeName'],
  vsphereVolume: ['volumePath'],
}

type Sources = Omit<Volume, 'name'>

export function* validateStorageSource(volume: Sources, field: keyof Sources, at: FieldPath): FieldErrors {
  const source = new Map<string, unknown>(Object.entries(volume[field] ?? {}))
  for (const name of requiredFields[field] ?? []) {
    const value = source.get(name)
    if (!value || (Array.isArray(value) && value.length === 0)) yield required(at.field(name))
  }
  yield* validateDetails(volume, field, at)
}

/** What else a source has to keep. */
function* validateDetails(volume: Sources, field: keyof Sources, at: FieldPath): FieldErrors {
  switch (field) {
    case 'nfs':
      return yield* validateNfs(volume.nfs ?? {}, at)
    case 'iscsi':
      return yield* validateIscsi(volume.iscsi ?? {}, at)
    case 'gcePersistentDisk':
    case 'awsElasticBlockStore':
      return yield* validatePartition(volume[field]?.partition ?? 0, at.field('partition'))
    case 'gitRepo':
      return yield* validateDescendingPath(volume.gitRepo?.directory ?? '', at.field('directory'))
    case 'cinder':
      return yield* validateSecretName(volume.cinder?.secretRef, at.field('secretRef'))
    case 'flocker':
      return yield* validateFlocker(volume.flocker ?? {}, at)
    case 'fc':
      return yield* validateFibreChannel(volume.fc ?? {}, at)
    case 'flexVolume':
      return yield* validateFlexOptions(volume.flexVolume?.options ?? {}, at.field('options'))
    case 'quobyte':
      return yield* validateQuobyte(volume.quobyte ?? {}, at)
    case 'azureDisk':
      return yield* validateAzureDisk(volume.azureDisk ?? {}, at)
    case 'storageos':
      return yield* validateStorageOs(volume.storageos ?? {}, at)
    case 'csi':
      return yield* validateCsi(volume.csi ?? {}, at)
    default:
  }
}

function* validateNfs({ server = '', path = '' }: Partial<NFSVolumeSource>, at: FieldPath): FieldErrors {
  if (server === '') yield required(at.field('server'))
  if (path === '') yield required(at.field('path'))
  if (!path.startsWith('/')) yield invalid(at.field('path'), path, 'must be an absolute path')
}

function* validateIscsi(source: Partial<ISCSIVolumeSource>, at: FieldPath): FieldErrors {
  const { targetPortal = '', iqn = '', lun = 0, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = source
  if (targetPortal === '') yield required(at.field('targetPortal'))
  if (iqn === '') yield required(at.field('iqn'))
  else yield* validateInitiator(iqn, at.field('iqn'))
  yield* validateBetween(lun, 0, 255, at.field('lun'))
  if ((chapAuthDiscovery || chapAuthSession) && secretRef === undefined) yield required(at.field('secretRef'))
  if (initiatorName !== undefined) yield* validateInitiator(initiatorName, at.field('initiatorname'))
}

const initiatorFormats: readonly (readonly [prefix: string, format: RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([\p{L}\p{N}.-]+)(:[^,;*&$|\s]+)$/u],
  ['eui', /^eui.[0-9a-f]{16}$/i],
  ['naa', /^naa.[0-9a-f]{32}$/i],
]

function* validateInitiator(name: string, at: FieldPath): FieldErrors {
  const rule = initiatorFormats.find(([prefix]) => name.startsWith(prefix))
  if (rule === undefined) yield invalid(at, name, 'must be valid format starting with iqn, eui, or naa')
  else if (!rule[1].test(name)) yield invalid(at, name, 'must be valid format')
}

function* validatePartition(partition: number, at: FieldPath): FieldErrors {
  if (partition < 0 || partition > 255) yield invalid(at, partition, 'must be between 1 and 255, inclusive')
}

function* validateSecretName(reference: { readonly name?: string } | undefined, at: FieldPath): FieldErrors {
  if (reference !== undefined && !reference.name) yield required(at.field('name'))
}

function* validateFlocker({ datasetName = '', datasetUUID = '' }: FlockerVolumeSource, at: FieldPath): FieldErrors {
  if (datasetName === '' && datasetUUID === '') yield required(at, 'one of datasetName and datasetUUID is required')
  if (datasetName !== '' && datasetUUID !== '')
    yield invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')
  if (datasetName.includes('/')) yield invalid(at.field('datasetName'), datasetName, "must not contain '/'")
}

function* validateFibreChannel({ targetWWNs = [], wwids = [], lun }: FCVolumeSource, at: FieldPath): FieldErrors {
  if (targetWWNs.length === 0 && wwids.length === 0)
    yield required(at.field('targetWWNs'), 'must specify either targetWWNs or wwids, but not both')
  if (targetWWNs.length > 0 && wwids.length > 0)
    yield invalid(at.field('targetWWNs'), targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')
  if (targetWWNs.length === 0) return
  if (lun === undefined) yield required(at.field('lun'), 'lun is required if targetWWNs is specified')
  else yield* validateBetween(lun, 0, 255, at.field('lun'))
}

function* validateFlexOptions(options: Readonly<Record<string, string>>, at: FieldPath): FieldErrors {
  for (const key of Object.keys(options)) {
    const namespace = key.split('/')[0] ?? ''
    if (/(^|\.)(kubernetes|k8s)\.io$/.test(namespace)) yield invalid(at.key(key), key, 'kubernetes.io and k8s.io namespaces are reserved')
  }
}

const tenantLengthMax = 64

function* validateQuobyte({ registry = '', volume = '', tenant = '' }: Partial<QuobyteVolumeSource>, at: FieldPath): FieldErrors {
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry === '') yield required(at.field('registry'), pairs)
  else if (tenant.length > tenantLengthMax)
    yield required(at.field('tenant'), 'must be a UUID and may not exceed a length of 64 characters')
  else for (const pair of registry.split(',')) if (pair.split(':').length !== 2) yield invalid(at.field('registry'), registry, pairs)
  if (volume === '') yield required(at.field('volume'))
}

const managedUri = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const blobUri = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

function* validateAzureDisk({ diskURI = '', cachingMode, kind }: Partial<AzureDiskVolumeSource>, at: FieldPath): FieldErrors {
  const [modes, kinds] = [
    ['None', 'ReadOnly', 'ReadWrite'],
    ['Dedicated', 'Managed', 'Shared'],
  ]
  if (cachingMode !== undefined && !modes.includes(cachingMode)) yield notSupported(at.field('cachingMode'), cachingMode, modes)
  if (kind !== undefined && !kinds.includes(kind)) yield notSupported(at.field('kind'), kind, kinds)
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions')) yield notSupported(at.field('diskURI'), diskURI, [managedUri])
  if (kind !== 'Managed' && !diskURI.startsWith('https://')) yield notSupported(at.field('diskURI'), diskURI, [blobUri])
}

function* validateStorageOs({ volumeName = '', volumeNamespace = '', secretRef }: StorageOSVolumeSource, at: FieldPath): FieldErrors {
  if (volumeName !== '') yield* invalidEach(at.field('volumeName'), volumeName, isDns1123Label(volumeName))
  if (volumeNamespace !== '') yield* invalidEach(at.field('volumeNamespace'), volumeNamespace, isDns1123Label(volumeNamespace))
  yield* validateSecretName(secretRef, at.field('secretRef'))
}

const driverBytesMax = 63

function* validateCsi({ driver = '', nodePublishSecretRef: reference }: Partial<CSIVolumeSource>, at: FieldPath): FieldErrors {
  yield* validateDriver(driver, at.field('driver'))
  if (reference === undefined) return
  if (!reference.name) yield required(at.field('nodePublishSecretRef').field('name'))
  // As upstream: a bad name stands beside the reference, not in it.
  else yield* invalidEach(at.field('name'), reference.name, isDns1123Subdomain(reference.name))
}

/** Drivers are told apart by domain names of any case. */
export function* validateDriver(driver: string, at: FieldPath): FieldErrors {
  if (driver === '') return yield required(at)
  if (driver.length > driverBytesMax) yield tooLong(at, driverBytesMax)
  yield* invalidEach(at, driver, isDns1123Subdomain(driver.toLowerCase()))
}
