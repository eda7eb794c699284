/** A machine that runs pods. */
import { defineKind, type Kind } from '#meta/kind'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { proxySubresource, statusSubresource } from '../subresources.ts'
import { nodeColumns } from './node-columns.ts'
import { validateNode, validateNodeUpdate } from './node-validation.ts'
import { roundedResourceList } from './pod/resource-list.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Node = types.Node
export const Node: Kind<Node> = defineKind({
  apiVersion: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  scope: 'Cluster',
  storePrefix: '/registry/minions/',
  schema: schemas.Node,
  columns: nodeColumns,
  defaults: defaultNode,
  validate: validateNode,
  update: { prepare: keepStatus, validate: validateNodeUpdate },
  status: { prepare: keepSpec, validate: validateNodeUpdate },
  subresources: [proxySubresource('NodeProxyOptions'), statusSubresource('Node')],
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec.unschedulable ?? false) },
})

/** `podCIDR` is the first of `podCIDRs`; what is allocatable is the capacity, unless said otherwise. */
function defaultNode(node: Node): Node {
  const { podCIDR, podCIDRs = [] } = node.spec
  const { capacity, allocatable = capacity } = node.status
  const first = podCIDR ?? podCIDRs[0]
  const spec = first === undefined ? node.spec : { ...node.spec, podCIDR: first, podCIDRs: podCIDRs[0] === first ? podCIDRs : [first] }
  const status = {
    ...node.status,
    ...(capacity === undefined ? {} : { capacity: roundedResourceList(capacity) }),
    ...(allocatable === undefined ? {} : { allocatable: roundedResourceList(allocatable) }),
  }
  return { ...node, spec, status }
}
