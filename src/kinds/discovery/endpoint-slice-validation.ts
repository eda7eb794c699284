/** What endpoint slices have to keep (upstream: pkg/apis/discovery/validation). */
import { duplicate, type FieldErrors, FieldPath, immutable, invalid, notSupported, required, tooMany } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ipFamilyOf, specialIpProblems, strictIpProblems } from '../ip-address.ts'
import { isSameValue } from '../same-value.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from './types.gen.ts'

const endpointCountMax = 1000
const addressCountMax = 100
const portCountMax = 20000
const hintCountMax = 8
const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const portProtocols = ['SCTP', 'TCP', 'UDP']

/** Of a change, endpoints that stay as they are are not judged again. */
export function* validateEndpointSlice(slice: EndpointSlice, old?: EndpointSlice): FieldErrors {
  const { addressType = '', endpoints = [], ports = [] } = slice
  if (addressType === '') yield required(FieldPath.of('addressType'))
  else if (!addressTypes.includes(addressType)) yield notSupported(FieldPath.of('addressType'), addressType, addressTypes)
  yield* validatePorts(ports ?? [], FieldPath.of('ports'))
  if (old !== undefined && isSameValue(endpoints, old.endpoints ?? [])) return
  if (endpoints.length > endpointCountMax) yield tooMany(FieldPath.of('endpoints'), endpoints.length, endpointCountMax)
  else for (const [index, one] of endpoints.entries()) yield* validateEndpoint(one, addressType, FieldPath.of('endpoints').index(index))
}

export function* validateEndpointSliceUpdate(next: EndpointSlice, old: EndpointSlice): FieldErrors {
  yield* validateEndpointSlice(next, old)
  yield* immutable(FieldPath.of('addressType'), next.addressType, old.addressType)
}

function* validateEndpoint(endpoint: Endpoint, addressType: string, at: FieldPath): FieldErrors {
  const addresses = endpoint.addresses ?? []
  if (addresses.length === 0) yield required(at.field('addresses'), 'must contain at least 1 address')
  if (addresses.length > addressCountMax) yield tooMany(at.field('addresses'), addresses.length, addressCountMax)
  for (const [index, address] of addresses.entries()) yield* validateAddress(address, addressType, at.field('addresses'), index)
  if (endpoint.nodeName !== undefined) yield* invalidEach(at.field('nodeName'), endpoint.nodeName, isDns1123Subdomain(endpoint.nodeName))
  if (endpoint.hostname !== undefined) yield* invalidEach(at.field('hostname'), endpoint.hostname, isDns1123Label(endpoint.hostname))
  for (const field of ['forZones', 'forNodes'] as const) yield* validateHints(endpoint.hints?.[field] ?? [], at.field('hints').field(field))
}

/** Where an endpoint serves best: zones are label values, nodes are named. */
function* validateHints(hints: readonly { readonly name: string }[], at: FieldPath): FieldErrors {
  if (hints.length > hintCountMax) return yield tooMany(at, hints.length, hintCountMax)
  const names = new Set<string>()
  for (const [index, { name = '' }] of hints.entries()) {
    const here = at.index(index).field('name')
    if (names.has(name)) yield duplicate(here, name)
    names.add(name)
    yield* invalidEach(here, name, at.toString().endsWith('forNodes') ? isDns1123Subdomain(name) : isLabelValue(name))
  }
}

function* validateAddress(address: string, addressType: string, list: FieldPath, index: number): FieldErrors {
  const at = list.index(index)
  if (!addressTypes.includes(addressType)) return
  if (addressType === 'FQDN') {
    const problems = isDns1123Subdomain(address)
    yield* invalidEach(at, address, problems)
    if (problems.length === 0 && !address.includes('.'))
      yield invalid(at, address, 'should be a domain with at least two segments separated by dots')
    return
  }
  const problems = strictIpProblems(address)
  yield* invalidEach(at, address, problems)
  if (problems.length > 0) return
  // As upstream: an address of the other family stands at the list.
  if (ipFamilyOf(address) !== addressType) yield invalid(list, address, `must be ${addressType === 'IPv4' ? 'an IPv4' : 'an IPv6'} address`)
  else yield* invalidEach(at, address, specialIpProblems(address))
}

function* validatePorts(ports: readonly EndpointPort[], at: FieldPath): FieldErrors {
  if (ports.length > portCountMax) return yield tooMany(at, ports.length, portCountMax)
  const names = new Set<string>()
  for (const [index, { name = '', protocol, appProtocol }] of ports.entries()) {
    const here = at.index(index)
    if (name !== '') yield* invalidEach(here.field('name'), name, isDns1123Label(name))
    if (names.has(name)) yield duplicate(here.field('name'), name)
    names.add(name)
    if (protocol === undefined) yield required(here.field('protocol'))
    else if (!portProtocols.includes(protocol)) yield notSupported(here.field('protocol'), protocol, portProtocols)
    if (appProtocol !== undefined) yield* invalidEach(here.field('appProtocol'), appProtocol, isQualifiedName(appProtocol))
  }
}
