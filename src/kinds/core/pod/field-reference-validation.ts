/** References from a container to fields and resources of its pod (upstream: validateObjectFieldSelector, validateContainerResourceFieldSelector). */
import { type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { compareQuantity, tryParseQuantity } from '#meta/quantity'
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
  if (apiVersion !== 'v1') yield invalid(path, fieldPath, `error converting fieldPath: unsupported pod version: ${apiVersion}`)
  else if (/^.*\['.*'\]$/.test(fieldPath))
    yield invalid(path, fieldPath, `error converting fieldPath: field label does not support subscript: ${fieldPath}`)
  else if (!knownFields.has(fieldPath))
    yield invalid(path, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)
  else if (!allowed.includes(fieldPath)) yield notSupported(path, fieldPath, allowed)
}

export function* validateResourceRef(
  { containerName = '', resource = '', divisor = '0' }: ResourceFieldSelector,
  isVolume: boolean,
  at: FieldPath,
): FieldErrors {
  if (isVolume && containerName === '') yield required(at.field('containerName'))
  else if (resource === '') yield required(at.field('resource'))
  else if (!containerResources.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    yield notSupported(at.field('resource'), resource, containerResources)
  } else yield* validateDivisor(resource, divisor, at.field('divisor'))
}

const divisorsOfBytes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']
const divisorRules: readonly (readonly [ending: RegExp, shown: string, divisors: string, allowed: readonly string[]])[] = [
  [/\.cpu$/, 'cpu', '1m and 1', ['1m', '1']],
  [/\.memory$/, 'memory', divisorsOfBytes.join(', '), divisorsOfBytes],
  [/\.ephemeral-storage$/, 'local ephemeral storage', divisorsOfBytes.join(', '), divisorsOfBytes],
  [/\.hugepages-/, 'hugepages', divisorsOfBytes.join(', '), divisorsOfBytes],
]

function* validateDivisor(resource: string, divisor: string, at: FieldPath): FieldErrors {
  const rule = divisorRules.find(([ending]) => ending.test(resource))
  if (rule === undefined || (tryParseQuantity(divisor)?.nano ?? 0n) === 0n) return
  const [, shown, divisors, allowed] = rule
  if (!allowed.some((one) => compareQuantity(one, divisor) === 0))
    yield invalid(at, resource, `only divisor's values ${divisors} are supported with the ${shown} resource`)
}
