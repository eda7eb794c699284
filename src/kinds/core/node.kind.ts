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
  checksMetaAnew: true,
  storePrefix: '/registry/minions/',
  schema: schemas.Node,
  columns: nodeColumns,
  defaults: defaultNode,
  prepareCreate: (node) => withoutDynamicConfig(node, undefined),
  validate: validateNode,
  update: { prepare: (next, old) => withoutDynamicConfig(keepStatus(next, old), old), validate: validateNodeUpdate },
  status: { prepare: (next, old) => withoutDynamicConfig(keepSpec(next, old), old), validate: validateNodeUpdate },
  warnings: ({ spec }) =>
    (spec.externalID ?? '') === '' ? [] : ['spec.externalID: this field is deprecated, and is unused by Kubernetes'],
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

/** Configuration by the API is gone; what an old node still has of it stays. */
function withoutDynamicConfig({ spec, status, ...node }: Node, old: Node | undefined): Node {
  const { configSource, ...restOfSpec } = spec
  const { config, ...restOfStatus } = status
  return {
    ...node,
    spec: configSource !== undefined && old?.spec.configSource !== undefined ? spec : restOfSpec,
    status: config !== undefined && old?.status.config !== undefined ? status : restOfStatus,
  }
}
