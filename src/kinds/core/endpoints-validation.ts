/** What Endpoints have to keep (upstream: ValidateEndpointsCreate). */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ipMessage, legacyIpProblems, parseIp, specialIpProblems } from '../ip-address.ts'
import { validatePort } from '../number-validation.ts'
import { protocols } from './protocols.ts'
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints } from './types.gen.ts'

export function* validateEndpoints(endpoints: Endpoints): FieldErrors {
  for (const [index, subset] of (endpoints.subsets ?? []).entries()) yield* validateSubset(subset, FieldPath.of('subsets').index(index))
}

function* validateSubset(subset: EndpointSubset, at: FieldPath): FieldErrors {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset
  if (addresses.length === 0 && notReadyAddresses.length === 0) yield required(at, 'must specify `addresses` or `notReadyAddresses`')
  for (const [index, address] of addresses.entries()) yield* validateAddress(address, at.field('addresses').index(index))
  for (const [index, address] of notReadyAddresses.entries()) yield* validateAddress(address, at.field('notReadyAddresses').index(index))
  for (const [index, port] of ports.entries()) yield* validateEndpointPort(port, ports.length > 1, at.field('ports').index(index))
}

function* validateAddress({ ip = '', hostname = '', nodeName }: EndpointAddress, at: FieldPath): FieldErrors {
  yield* invalidEach(at.field('ip'), ip, legacyIpProblems(ip))
  if (hostname !== '') yield* invalidEach(at.field('hostname'), hostname, isDns1123Label(hostname))
  if (nodeName !== undefined) yield* invalidEach(at.field('nodeName'), nodeName, isDns1123Subdomain(nodeName))
  // As upstream, which checks twice with two texts.
  if (parseIp(ip) !== undefined) yield* invalidEach(at.field('ip'), ip, specialIpProblems(ip))
  else if (legacyIpProblems(ip)[0] === ipMessage) yield invalid(at.field('ip'), ip, 'must be a valid IP address')
}

function* validateEndpointPort(port: EndpointPort, isNameRequired: boolean, at: FieldPath): FieldErrors {
  const { name = '', protocol = '' } = port
  if (isNameRequired && name === '') yield required(at.field('name'))
  else if (name !== '') yield* invalidEach(at.field('name'), name, isDns1123Label(name))
  yield* validatePort(port.port, at.field('port'))
  if (protocol === '') yield required(at.field('protocol'))
  else if (!protocols.includes(protocol)) yield notSupported(at.field('protocol'), protocol, protocols)
  if (port.appProtocol !== undefined) yield* invalidEach(at.field('appProtocol'), port.appProtocol, isQualifiedName(port.appProtocol))
}
