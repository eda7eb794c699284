/** The IPAddress object that says whose a cluster address is, as upstream writes it. Pure. */
import type { Service } from '#kinds/core/service.kind'
import type { IPAddress } from '#kinds/networking/ip-address.kind'
import { canonicalAddress, familyOf } from './ip-range.ts'

const familyLabel = 'ipaddress.kubernetes.io/ip-family'
export const managerLabel = 'ipaddress.kubernetes.io/managed-by'
export const manager = 'ipallocator.k8s.io'

/** `address` is in canonical form. */
export function addressObject(address: string, { metadata: { name = '', namespace = '' } }: Service): IPAddress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: address, labels: addressLabels(address) },
    spec: { parentRef: { resource: 'services', namespace, name } },
  }
}

export function addressLabels(address: string): Readonly<Record<string, string>> {
  return { [familyLabel]: familyOf(address) ?? '', [managerLabel]: manager }
}

/** Whether the address is said to be this service's. */
export function isAddressOf({ spec: { parentRef } }: IPAddress, { metadata }: Service): boolean {
  return refersToService(parentRef) && parentRef?.name === metadata.name && parentRef?.namespace === metadata.namespace
}

export function refersToService(parentRef: IPAddress['spec']['parentRef']): boolean {
  return (parentRef?.group ?? '') === '' && parentRef?.resource === 'services'
}

/** The cluster addresses of a service in canonical form; none where it has none of its own. */
export function addressesOf({ spec }: Service): readonly string[] {
  if (spec?.type === 'ExternalName') return []
  const given = spec?.clusterIPs?.length ? spec.clusterIPs : spec?.clusterIP ? [spec.clusterIP] : []
  return given.filter((address) => familyOf(address) !== undefined).map(canonicalAddress)
}
