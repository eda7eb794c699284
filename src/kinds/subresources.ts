/** The subresources that many kinds have, as discovery lists them. */
import type { Subresource } from '#meta/kind'

export function statusSubresource(kind: string): Subresource {
  return { name: 'status', kind, verbs: ['get', 'patch', 'update'] }
}

export const scaleSubresource: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
}

const proxyVerbs = ['create', 'delete', 'get', 'patch', 'update']

export function proxySubresource(kind: string): Subresource {
  return { name: 'proxy', kind, verbs: proxyVerbs }
}
