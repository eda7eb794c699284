/** The columns of `kubectl get nodes`. */
import { ageColumn, type Column, nameColumn } from '#meta/table'
import type { Node } from './types.gen.ts'

export const nodeColumns: readonly Column<Node>[] = [
  nameColumn,
  { name: 'Status', type: 'string', description: 'The status of the node', cell: (node) => statusOf(node) },
  { name: 'Roles', type: 'string', description: 'The roles of the node', cell: (node) => rolesOf(node) },
  ageColumn,
  {
    name: 'Version',
    type: 'string',
    describedBy: 'status.nodeInfo.kubeletVersion',
    cell: (node) => node.status.nodeInfo?.kubeletVersion ?? '',
  },
  {
    name: 'Internal-IP',
    type: 'string',
    priority: 1,
    describedBy: 'status.addresses',
    cell: (node) => addressOf(node, 'InternalIP'),
  },
  {
    name: 'External-IP',
    type: 'string',
    priority: 1,
    describedBy: 'status.addresses',
    cell: (node) => addressOf(node, 'ExternalIP'),
  },
  {
    name: 'OS-Image',
    type: 'string',
    priority: 1,
    describedBy: 'status.nodeInfo.osImage',
    cell: (node) => orUnknown(node.status.nodeInfo?.osImage),
  },
  {
    name: 'Kernel-Version',
    type: 'string',
    priority: 1,
    describedBy: 'status.nodeInfo.kernelVersion',
    cell: (node) => orUnknown(node.status.nodeInfo?.kernelVersion),
  },
  {
    name: 'Container-Runtime',
    type: 'string',
    priority: 1,
    describedBy: 'status.nodeInfo.containerRuntimeVersion',
    cell: (node) => orUnknown(node.status.nodeInfo?.containerRuntimeVersion),
  },
]

const rolePrefix = 'node-role.kubernetes.io/'
const roleLabel = 'kubernetes.io/role'

function statusOf(node: Node): string {
  const ready = node.status.conditions?.find((condition) => condition.type === 'Ready')
  const health = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.spec.unschedulable === true ? `${health},SchedulingDisabled` : health
}

function rolesOf(node: Node): string {
  const roles = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) return [key.slice(rolePrefix.length)]
    return key === roleLabel && value !== '' ? [value] : []
  })
  return roles.length === 0 ? '<none>' : [...new Set(roles)].sort().join(',')
}

function addressOf(node: Node, type: string): string {
  return node.status.addresses?.find((address) => address.type === type)?.address ?? '<none>'
}

function orUnknown(text: string | undefined): string {
  return text === undefined || text === '' ? '<unknown>' : text
}
