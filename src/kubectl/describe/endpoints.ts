/** Endpoints and EndpointSlices. */
import type { EndpointSubset, Endpoints } from '#kinds/core/types.gen'
import type { Endpoint, EndpointPort, EndpointSlice } from '#kinds/discovery/types.gen'
import { labelAndAnnotationLines, nameLines } from './identity.ts'
import { indented, type Lines, onlyIf, orNone } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeEndpoints(endpoints: Endpoints, around: Surroundings): Promise<Lines> {
  return [
    ...nameLines(endpoints),
    ...labelAndAnnotationLines(endpoints),
    'Subsets:',
    ...(endpoints.subsets ?? []).flatMap(subsetLines),
    ...(await around.events(endpoints)),
  ]
}

function subsetLines({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): Lines {
  return [
    `  Addresses:\t${orNone(addresses.map(({ ip }) => ip).join(','))}`,
    `  NotReadyAddresses:\t${orNone(notReadyAddresses.map(({ ip }) => ip).join(','))}`,
    ...(ports.length === 0 ? [] : ['  Ports:', ...indented(portTable(ports), 2)]),
    '',
  ]
}

function portTable(ports: readonly EndpointPort[]): Lines {
  const rows = ports.map(({ name = '', port, protocol = '' }) => `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol}`)
  return ['Name\tPort\tProtocol', '----\t----\t--------', ...rows]
}

export async function describeEndpointSlice(slice: EndpointSlice, around: Surroundings): Promise<Lines> {
  const { ports, endpoints } = slice
  return [
    ...nameLines(slice),
    ...labelAndAnnotationLines(slice),
    `AddressType:\t${slice.addressType}`,
    ...((ports ?? []).length === 0 ? ['Ports: <unset>'] : ['Ports:', ...indented(portTable(ports ?? []))]),
    ...((endpoints ?? []).length === 0 ? ['Endpoints: <none>'] : ['Endpoints:', ...(endpoints ?? []).flatMap(endpointLines)]),
    ...(await around.events(slice)),
  ]
}

function endpointLines({ addresses, conditions, hostname, targetRef, nodeName, zone, hints }: Endpoint): Lines {
  const facts = [
    'Conditions:',
    `  Ready:\t${conditions?.ready ?? '<unset>'}`,
    `Hostname:\t${hostname ?? '<unset>'}`,
    ...onlyIf(targetRef !== undefined, `TargetRef:\t${targetRef?.kind}/${targetRef?.name}`),
    `NodeName:\t${nodeName ?? '<unset>'}`,
    `Zone:\t${zone ?? '<unset>'}`,
    ...onlyIf((hints?.forZones ?? []).length > 0, `Hints:\tzones: ${hints?.forZones?.map(({ name }) => name).join(',')}`),
  ]
  return [`  - Addresses:\t${orNone(addresses.join(','))}`, ...indented(facts, 2)]
}
