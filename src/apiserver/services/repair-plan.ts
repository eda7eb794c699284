/** What is wrong between services and the IPAddress objects that say whose their addresses are, and what mends it. Pure. */
import type { Service } from '#kinds/core/service.kind'
import type { IPAddress } from '#kinds/networking/ip-address.kind'
import type { KubeObject } from '#meta/object'
import { addressesOf, addressLabels, isAddressOf, manager, managerLabel, refersToService } from './address-object.ts'
import { canonicalAddress, familyOf, type IpRange, isUsableIn } from './ip-range.ts'

export type Finding = { readonly about: KubeObject; readonly reason: string; readonly action: string; readonly note: string }

export type Repair = {
  readonly finding?: Finding
  readonly mend?:
    | { readonly do: 'create' | 'replace'; readonly address: string; readonly owner: Service }
    | { readonly do: 'label'; readonly entry: IPAddress }
    | { readonly do: 'delete'; readonly entry: IPAddress }
}

export type RepairFacts = {
  readonly service: (namespace: string, name: string) => Service | undefined
  readonly address: (name: string) => IPAddress | undefined
  /** All that services may have addresses of, also those that no new address comes from. */
  readonly ranges: readonly IpRange[]
  readonly ports: { readonly from: number; readonly to: number }
  readonly nowMs: number
}

/** As upstream: an address may be there for so long before the service that it is for. */
const graceMs = 60_000

/** Each address of a service has an object that says so. */
export function serviceRepairs(service: Service, facts: RepairFacts): readonly Repair[] {
  if (service.spec?.type === 'ExternalName') return []
  const addresses = (service.spec?.clusterIPs ?? []).filter((address) => address !== '' && address !== 'None')
  return addresses.flatMap((address) => {
    const repair = addressOfServiceRepair(service, address, facts)
    return repair === undefined ? [] : [repair]
  })
}

function addressOfServiceRepair(service: Service, text: string, facts: RepairFacts): Repair | undefined {
  const family = familyOf(text)
  if (family === undefined) {
    const note = `Cluster IP ${text} is not a valid IP; please recreate Service`
    return { finding: { about: service, reason: 'ClusterIPNotValid', action: 'ClusterIPValidation', note } }
  }
  const address = canonicalAddress(text)
  const found = (reason: string, note: string): Finding => ({ about: service, reason, action: 'ClusterIPAllocation', note })
  if (!facts.ranges.some((range) => isUsableIn(range, address))) {
    const note = `Cluster IP [${family}]: ${address} is not within any configured Service CIDR; please recreate service`
    return { finding: found('ClusterIPOutOfRange', note) }
  }
  const entry = facts.address(address)
  if (entry === undefined) {
    const note = `Cluster IP [${family}]: ${address} is not allocated; repairing`
    return { finding: found('ClusterIPNotAllocated', note), mend: { do: 'create', address, owner: service } }
  }
  if (isAddressOf(entry, service)) return hasLabels(entry) ? undefined : { mend: { do: 'label', entry } }
  if (isRightfullyAnothers(entry, facts)) {
    const note = `Cluster IP [${family}]:${address} was assigned to multiple services; please recreate service`
    return { finding: found('ClusterIPAlreadyAllocated', note) }
  }
  const { namespace = '', name = '' } = service.metadata
  const note = `the ClusterIP [${family}]: ${address} for Service ${namespace}/${name} has a wrong reference; repairing`
  return { finding: found('ClusterIPNotAllocated', note), mend: { do: 'replace', address, owner: service } }
}

/** The object says that another service has the address, and so does that service. */
function isRightfullyAnothers(entry: IPAddress, facts: RepairFacts): boolean {
  const owner = ownerOf(entry, facts)
  return owner !== undefined && addressesOf(owner).includes(entry.metadata.name ?? '')
}

/** Each object of ours says the address of a service that has it. Others' are not looked at. */
export function addressRepair(entry: IPAddress, facts: RepairFacts): Repair | undefined {
  const { metadata, spec } = entry
  if (metadata.labels?.[managerLabel] !== manager || metadata.deletionTimestamp !== undefined) return undefined
  const { name: address = '' } = metadata
  const { group = '', resource = '', namespace = '', name = '' } = spec.parentRef ?? {}
  const gone = (reason: string, note: string): Repair => ({
    finding: { about: entry, reason, action: 'IPAddressAllocation', note },
    mend: { do: 'delete', entry },
  })
  if (!refersToService(spec.parentRef)) {
    const parent = `&ParentReference{Group:${group},Resource:${resource},Namespace:${namespace},Name:${name},}`
    return gone(
      'IPAddressNotAllocated',
      `IPAddress ${address} appears to have been modified, not referencing a Service ${parent}: cleaning up`,
    )
  }
  const owner = ownerOf(entry, facts)
  const subject = `IPAddress: ${address} for Service ${namespace}/${name}`
  if (owner !== undefined) {
    if (addressesOf(owner).includes(address)) return undefined
    return gone('IPAddressWrongReference', `${subject} has a wrong reference; cleaning up`)
  }
  const ageMs = facts.nowMs - Date.parse(metadata.creationTimestamp ?? '')
  return ageMs > graceMs ? gone('IPAddressNotAllocated', `${subject} appears to have leaked: cleaning up`) : undefined
}

function ownerOf({ spec: { parentRef } }: IPAddress, facts: RepairFacts): Service | undefined {
  return refersToService(parentRef) ? facts.service(parentRef?.namespace ?? '', parentRef?.name ?? '') : undefined
}

function hasLabels({ metadata: { name = '', labels = {} } }: IPAddress): boolean {
  return Object.entries(addressLabels(name)).every(([key, value]) => labels[key] === value)
}

/** Node ports that no service should have: those outside of the range, and those that several have. */
export function portFindings(services: readonly Service[], { ports: { from, to } }: RepairFacts): readonly Finding[] {
  const taken = new Set<number>()
  return services.flatMap((service) => {
    const own = nodePortsOf(service)
    const found = own.flatMap((port): readonly Finding[] => {
      const finding = (reason: string, note: string): Finding => ({ about: service, reason, action: 'PortAllocation', note })
      if (port < from || port > to)
        return [finding('PortOutOfRange', `Port ${port} is not within the port range ${from}-${to}; please recreate service`)]
      return taken.has(port)
        ? [finding('PortAlreadyAllocated', `Port ${port} was assigned to multiple services; please recreate service`)]
        : []
    })
    for (const port of own) taken.add(port)
    return found
  })
}

function nodePortsOf({ spec }: Service): readonly number[] {
  const ports = [...(spec?.ports ?? []).map(({ nodePort }) => nodePort), spec?.healthCheckNodePort]
  return [...new Set(ports.filter((port) => port !== undefined && port !== 0).map(Number))]
}
