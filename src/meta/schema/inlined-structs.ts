/**
 * Structs whose fields stand in another one without a name of their own in JSON. Upstream's decoding errors name them all the same:
 * `spec.volumes.VolumeSource.configMap`.
 */

type Inlined = { readonly struct: string; readonly has: (field: string) => boolean }

const allBut = (struct: string, ...others: readonly string[]): Inlined => ({ struct, has: (field) => !others.includes(field) })
const only = (struct: string, ...fields: readonly string[]): Inlined => ({ struct, has: (field) => fields.includes(field) })

const reference = only('LocalObjectReference', 'name')
const deviceConfiguration = only('DeviceConfiguration', 'opaque')

const persistentVolumeFields = [
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]

/** By the short name of the struct around it. */
const inlined: Readonly<Record<string, Inlined>> = {
  Volume: allBut('VolumeSource', 'name'),
  PersistentVolumeSpec: allBut('PersistentVolumeSource', ...persistentVolumeFields),
  Probe: only('ProbeHandler', 'exec', 'grpc', 'httpGet', 'tcpSocket'),
  EphemeralContainer: allBut('EphemeralContainerCommon', 'targetContainerName'),
  IngressRule: only('IngressRuleValue', 'http'),
  RuleWithOperations: allBut('Rule', 'operations'),
  NamedRuleWithOperations: allBut('RuleWithOperations', 'resourceNames'),
  DeviceClassConfiguration: deviceConfiguration,
  DeviceClaimConfiguration: deviceConfiguration,
  DeviceAllocationConfiguration: deviceConfiguration,
  ConfigMapEnvSource: reference,
  ConfigMapKeySelector: reference,
  ConfigMapProjection: reference,
  ConfigMapVolumeSource: reference,
  SecretEnvSource: reference,
  SecretKeySelector: reference,
  SecretProjection: reference,
}

/** The field as it stands in paths of upstream's decoding errors. */
export function pathNameOf(struct: string, field: string): string {
  const inner = Object.hasOwn(inlined, struct) ? inlined[struct] : undefined
  return inner?.has(field) === true ? `${inner.struct}.${pathNameOf(inner.struct, field)}` : field
}
