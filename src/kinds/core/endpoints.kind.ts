/** The addresses behind a service, in the old form; endpoint slices replace it. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { shortList } from '../short-list.ts'
import { validateEndpoints } from './endpoints-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Endpoints = types.Endpoints
export const Endpoints: Kind<Endpoints> = defineKind({
  apiVersion: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  scope: 'Namespaced',
  checksMetaAnew: true,
  storePrefix: '/registry/services/endpoints/',
  createsOnUpdate: true,
  schema: schemas.Endpoints,
  columns: [
    nameColumn,
    {
      name: 'Endpoints',
      type: 'string',
      describedBy: 'subsets',
      cell: textOf,
    },
    ageColumn,
  ],
  defaults: defaultEndpoints,
  validate: validateEndpoints,
  deprecation: { since: '1.33', successor: 'discovery.k8s.io/v1 EndpointSlice' },
})

function defaultEndpoints(endpoints: Endpoints): Endpoints {
  if (!endpoints.subsets) return endpoints
  const subsets = endpoints.subsets.map((subset) =>
    subset.ports === undefined ? subset : { ...subset, ports: subset.ports.map((port) => ({ protocol: 'TCP', ...port })) },
  )
  return { ...endpoints, subsets }
}

/** As upstream: subsets without addresses are shown as nothing, not as none. */
function textOf(endpoints: Endpoints): string {
  const addresses = addressesOf(endpoints)
  return addresses.length === 0 && (endpoints.subsets ?? []).length > 0 ? '' : shortList(addresses)
}

function addressesOf(endpoints: Endpoints): readonly string[] {
  return (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map((address) => address.ip)
    return ports.flatMap((port) => addresses.map((address) => hostPort(address.ip, port.port)))
  })
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
