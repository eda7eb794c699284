/** Volumes of storage systems, in pods and persistent volumes alike. */
import { type FieldErrors, type FieldPath, invalid, required } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateBetween } from '../../number-validation.ts'
import type { ISCSIVolumeSource, NFSVolumeSource, Volume } from '../types.gen.ts'

/** The fields that a source cannot do without, in the order in which upstream asks for them. */
const requiredFields: Readonly<Record<string, readonly string[]>> = {
  awsElasticBlockStore: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  azureFile: ['secretName', 'shareName'],
  cephfs: ['monitors'],
  cinder: ['volumeID'],
  csi: ['driver'],
  flexVolume: ['driver'],
  gcePersistentDisk: ['pdName'],
  gitRepo: ['repository'],
  glusterfs: ['endpoints', 'path'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  quobyte: ['registry', 'volume'],
  rbd: ['monitors', 'image'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  storageos: ['volumeName'],
  vsphereVolume: ['volumePath'],
}

export function* validateStorageSource(volume: Omit<Volume, 'name'>, field: keyof Omit<Volume, 'name'>, at: FieldPath): FieldErrors {
  if (field === 'nfs' && volume.nfs !== undefined) return yield* validateNfs(volume.nfs, at)
  if (field === 'iscsi' && volume.iscsi !== undefined) return yield* validateIscsi(volume.iscsi, at)
  const source = new Map<string, unknown>(Object.entries(volume[field] ?? {}))
  for (const name of requiredFields[field] ?? []) {
    const value = source.get(name)
    if (!value || (Array.isArray(value) && value.length === 0)) yield required(at.field(name))
  }
  const driver = volume.csi?.driver
  if (field === 'csi' && driver) yield* invalidEach(at.field('driver'), driver, isDns1123Subdomain(driver.toLowerCase()))
}

function* validateNfs({ server = '', path = '' }: NFSVolumeSource, at: FieldPath): FieldErrors {
  if (server === '') yield required(at.field('server'))
  if (path === '') yield required(at.field('path'))
  if (!path.startsWith('/')) yield invalid(at.field('path'), path, 'must be an absolute path')
}

function* validateIscsi(
  { targetPortal = '', iqn = '', lun = 0, chapAuthDiscovery, chapAuthSession, secretRef }: ISCSIVolumeSource,
  at: FieldPath,
): FieldErrors {
  if (targetPortal === '') yield required(at.field('targetPortal'))
  if (iqn === '') yield required(at.field('iqn'))
  else if (!/^(iqn|eui|naa)\./.test(iqn)) yield invalid(at.field('iqn'), iqn, 'must be valid format starting with iqn, eui, or naa')
  yield* validateBetween(lun, 0, 255, at.field('lun'))
  if ((chapAuthDiscovery || chapAuthSession) && secretRef === undefined) yield required(at.field('secretRef'))
}
