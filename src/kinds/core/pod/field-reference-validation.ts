/** References from a container to fields and resources of its pod (upstream: validateObjectFieldSelector, validateContainerResourceFieldSelector). */
import { type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { ObjectFieldSelector, ResourceFieldSelector } from '../types.gen.ts'

export const envFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
export const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
const containerResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** Fields that the API knows, though not everywhere. */
const knownFields: ReadonlySet<string> = new Set([
  ...envFields,
  ...volumeFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.hostNetwork',
  'status.phase',
  'status.nominatedNodeName',
])

export function* validateFieldRef(
  { apiVersion = '', fieldPath = '' }: ObjectFieldSelector,
  allowed: readonly string[],
  at: FieldPath,
): FieldErrors {
  if (apiVersion === '') return yield required(at.field('apiVersion'))
  if (fieldPath === '') return yield required(at.field('fieldPath'))
  const subscript = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(fieldPath)
  if (subscript !== null) {
    const [, , key = ''] = subscript
    return yield* invalidEach(at, key, isQualifiedName(key.toLowerCase()))
  }
  const path = at.field('fieldPath')
  if (!knownFields.has(fieldPath)) yield invalid(path, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)
  else if (!allowed.includes(fieldPath)) yield notSupported(path, fieldPath, allowed)
}

export function* validateResourceRef(
  { containerName = '', resource = '' }: ResourceFieldSelector,
  isVolume: boolean,
  at: FieldPath,
): FieldErrors {
  if (isVolume && containerName === '') yield required(at.field('containerName'))
  else if (resource === '') yield required(at.field('resource'))
  else if (!containerResources.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    yield notSupported(at.field('resource'), resource, containerResources)
  }
}
