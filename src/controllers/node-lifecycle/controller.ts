/** Notices nodes that fall silent: says so in their status, taints them, and marks their pods as not ready. */
import { nowRfc3339 } from '#base/env/clock'
import { isPodReady } from '#domain/pod-phase'
import { Lease } from '#kinds/coordination/lease.kind'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { conditionOf, withCondition } from '#meta/conditions'
import { isBeingDeleted } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { byNodeName, podsByNode } from '../pods-by-node.ts'
import { type Heartbeat, hasSameTaints, observeHeartbeat, silentConditions, wantedTaints } from './plan.ts'

export type NodeLifecycleOptions = { readonly gracePeriodMs: number; readonly startupGracePeriodMs: number }

const leaseNamespace = 'kube-node-lease'

export function nodeLifecycleController(options: NodeLifecycleOptions): Controller<Node> {
  const heartbeats = new Map<string, Heartbeat>()
  return {
    name: 'node-controller',
    for: Node,
    watches: [watching(Lease, ({ metadata }) => (metadata.namespace === leaseNamespace ? [metadata.name ?? ''] : []))],
    indexes: [podsByNode],
    reconcile: (deps, node, signal) => monitor(deps, node, heartbeats, options, signal),
    forget: async (_deps, key) => {
      heartbeats.delete(key)
      return done
    },
  }
}

async function monitor(
  deps: ControllerDeps,
  node: Node,
  heartbeats: Map<string, Heartbeat>,
  options: NodeLifecycleOptions,
  signal: AbortSignal,
): Promise<Result> {
  const { cache, client, clock, events } = deps
  const name = node.metadata.name ?? ''
  const renewTime = cache(Lease).get(`${leaseNamespace}/${name}`)?.spec?.renewTime
  const before = heartbeats.get(name)
  if (before === undefined) events.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
  const heartbeat = observeHeartbeat(node, renewTime, before, clock.monotonicMs())
  heartbeats.set(name, heartbeat)
  const isNew = conditionOf(node.status?.conditions, 'Ready') === undefined
  const silentInMs = heartbeat.seenMs + (isNew ? options.startupGracePeriodMs : options.gracePeriodMs) - clock.monotonicMs()
  const conditions = silentInMs <= 0 ? silentConditions(node, nowRfc3339(clock)) : undefined
  const told =
    conditions === undefined ? node : await client.updateStatus(Node, { ...node, status: { ...node.status, conditions } }, signal)
  if (conditions !== undefined) events.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
  await settleTaints(deps, told, signal)
  if (conditionOf(told.status?.conditions, 'Ready')?.status === 'Unknown') await markPodsNotReady(deps, name, signal)
  return silentInMs > 0 ? { afterMs: silentInMs } : done
}

async function settleTaints({ client, clock }: ControllerDeps, node: Node, signal: AbortSignal): Promise<void> {
  if (isBeingDeleted(node)) return
  const taints = wantedTaints(node, nowRfc3339(clock))
  if (hasSameTaints(taints, node.spec?.taints ?? [])) return
  await ignoreNotFound(client.update(Node, { ...node, spec: { ...node.spec, taints } }, {}, signal))
}

/** Nobody on a silent node can do that, and services must not send requests there. */
async function markPodsNotReady({ cache, client, clock, events }: ControllerDeps, nodeName: string, signal: AbortSignal): Promise<void> {
  for (const pod of cache(Pod).byIndex(byNodeName, nodeName)) {
    const ready = conditionOf(pod.status?.conditions, 'Ready')
    if (ready === undefined || !isPodReady(pod)) continue
    const conditions = withCondition(pod.status?.conditions, { ...ready, status: 'False', lastTransitionTime: nowRfc3339(clock) })
    await ignoreNotFound(client.updateStatus(Pod, { ...pod, status: { ...pod.status, conditions } }, signal))
    events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  }
}
