/** The columns of `kubectl get services`. */
import { formatLabels } from '#meta/labels'
import { ageColumn, type Column, nameColumn } from '#meta/table'
import type { Service } from './types.gen.ts'

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  { name: 'Type', type: 'string', describedBy: 'spec.type', cell: (service) => service.spec.type ?? '' },
  { name: 'Cluster-IP', type: 'string', describedBy: 'spec.clusterIP', cell: (service) => service.spec.clusterIP || '<none>' },
  { name: 'External-IP', type: 'string', describedBy: 'spec.externalIPs', cell: (service) => externalAddressOf(service) },
  { name: 'Port(s)', type: 'string', describedBy: 'spec.ports', cell: (service) => portsOf(service) },
  ageColumn,
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    describedBy: 'spec.selector',
    cell: (service) => formatLabels(service.spec.selector),
  },
]

function externalAddressOf(service: Service): string {
  const { type, externalIPs = [], externalName } = service.spec
  switch (type) {
    case 'ExternalName':
      return externalName ?? ''
    case 'LoadBalancer': {
      const ingress = (service.status.loadBalancer?.ingress ?? [])
        .map((point) => point.ip || point.hostname || '')
        .filter((text) => text !== '')
      const all = [...new Set(ingress), ...externalIPs]
      return all.length === 0 ? '<pending>' : all.join(',')
    }
    default:
      return externalIPs.length === 0 ? '<none>' : externalIPs.join(',')
  }
}

function portsOf(service: Service): string {
  const ports = (service.spec.ports ?? []).map(({ port, nodePort, protocol }) => `${nodePort ? `${port}:${nodePort}` : port}/${protocol}`)
  return ports.length === 0 ? '<none>' : ports.join(',')
}
