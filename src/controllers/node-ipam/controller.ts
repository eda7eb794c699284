/** Gives each node its range of pod addresses (`spec.podCIDR`). One worker, so that no range is given twice. */
import { Node } from '#kinds/core/node.kind'
import { isBeingDeleted } from '#meta/object'
import { type Controller, type ControllerDeps, done, type Result } from '#reconcile/controller'
import { type Cidr, nextRange } from './plan.ts'

export type NodeIpamOptions = { readonly clusterCidr: Cidr; readonly nodePrefix: number }

export function nodeIpamController(options: NodeIpamOptions): Controller<Node> {
  return { name: 'cidrAllocator', for: Node, workerCount: 1, reconcile: (deps, node, signal) => assignRange(deps, node, options, signal) }
}

async function assignRange(
  { cache, client, events }: ControllerDeps,
  node: Node,
  { clusterCidr, nodePrefix }: NodeIpamOptions,
  signal: AbortSignal,
): Promise<Result> {
  if (node.spec?.podCIDR || isBeingDeleted(node)) return done
  const taken = new Set(
    cache(Node)
      .list()
      .flatMap(({ spec }) => spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : [])),
  )
  const range = nextRange(clusterCidr, nodePrefix, taken)
  if (range === undefined) {
    events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${node.metadata.name} status is now: CIDRNotAvailable`)
    throw new Error('no free range of pod addresses is left: the cluster range is too small for so many nodes')
  }
  await client.update(Node, { ...node, spec: { ...node.spec, podCIDR: range, podCIDRs: [range] } }, {}, signal)
  return done
}
