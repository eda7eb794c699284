/** Up to a thousand of the endpoints behind a service. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { shortList } from '../short-list.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpoint-slice-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type EndpointSlice = types.EndpointSlice
export const EndpointSlice: Kind<EndpointSlice> = defineKind({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  hasGeneration: true,
  schema: schemas.EndpointSlice,
  columns: [
    nameColumn,
    { name: 'AddressType', type: 'string', describedBy: 'addressType', cell: (slice) => slice.addressType ?? '' },
    { name: 'Ports', type: 'string', describedBy: 'ports', cell: (slice) => shortList(portsOf(slice), '<unset>') },
    { name: 'Endpoints', type: 'string', describedBy: 'endpoints', cell: (slice) => shortList(addressesOf(slice), '<unset>') },
    ageColumn,
  ],
  defaults: defaultEndpointSlice,
  prepareCreate: withoutTopology,
  warnings: ({ addressType }) => (addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
  validateCreate: (slice) => validateEndpointSlice(slice),
  update: { validate: validateEndpointSliceUpdate },
})

function defaultEndpointSlice(slice: EndpointSlice): EndpointSlice {
  if (!slice.ports) return slice
  return { ...slice, ports: slice.ports.map((port) => ({ name: '', protocol: 'TCP', ...port })) }
}

/** As upstream: v1 has no topology; what v1beta1 wrote stays. */
function withoutTopology(slice: EndpointSlice): EndpointSlice {
  if (!slice.endpoints) return slice
  const endpoints = slice.endpoints.map(({ deprecatedTopology: _, ...endpoint }) => endpoint)
  return { ...slice, endpoints }
}

function portsOf(slice: EndpointSlice): readonly string[] {
  return (slice.ports ?? []).map((port) => (port.port === undefined ? (port.name ?? '*') : String(port.port)))
}

function addressesOf(slice: EndpointSlice): readonly string[] {
  return (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? [])
}
