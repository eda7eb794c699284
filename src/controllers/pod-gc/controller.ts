/** Removes pods that nobody will: those of nodes that are gone, those that left before they were placed, and surplus finished ones. */
import { nowRfc3339 } from '#base/env/clock'
import { isPodFinished } from '#domain/pod-phase'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { withCondition } from '#meta/conditions'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { byNodeName, podsByNode } from '../pods-by-node.ts'

// As upstream: a node that is deleted may come back at once.
const quarantineMs = 40_000

export function podGcController(finishedPodCountMax: number): Controller<Pod> {
  const missingSinceMs = new Map<string, number>()
  return {
    name: 'pod-garbage-collector-controller',
    for: Pod,
    watches: [watching(Node, podsOfNode)],
    indexes: [podsByNode],
    reconcile: (deps, pod, signal) => collect(deps, pod, { finishedPodCountMax, missingSinceMs }, signal),
  }
}

type Memory = { readonly finishedPodCountMax: number; readonly missingSinceMs: Map<string, number> }

async function collect(deps: ControllerDeps, pod: Pod, memory: Memory, signal: AbortSignal): Promise<Result> {
  const nodeName = pod.spec?.nodeName ?? ''
  if (nodeName === '') return isBeingDeleted(pod) ? await remove(deps, pod, undefined, signal) : done
  if (deps.cache(Node).get(nodeName) === undefined) return await collectOrphan(deps, pod, nodeName, memory, signal)
  memory.missingSinceMs.delete(nodeName)
  return isSurplus(deps, pod, memory.finishedPodCountMax) ? await remove(deps, pod, undefined, signal) : done
}

async function collectOrphan(
  deps: ControllerDeps,
  pod: Pod,
  nodeName: string,
  { missingSinceMs }: Memory,
  signal: AbortSignal,
): Promise<Result> {
  const nowMs = deps.clock.monotonicMs()
  const sinceMs = missingSinceMs.get(nodeName) ?? nowMs
  missingSinceMs.set(nodeName, sinceMs)
  if (sinceMs + quarantineMs > nowMs) return { afterMs: sinceMs + quarantineMs - nowMs }
  // The cache may be behind: the server decides whether the node is gone.
  if ((await ignoreNotFound(deps.client.get(Node, { name: nodeName }, signal))) !== undefined) return done
  return await remove(deps, pod, 'PodGC: node no longer exists', signal)
}

/** Oldest first, and only when there are more finished pods than are kept for inspection. */
function isSurplus({ cache }: ControllerDeps, pod: Pod, max: number): boolean {
  if (max <= 0 || !isPodFinished(pod)) return false
  const finished = cache(Pod).list().filter(isPodFinished)
  if (finished.length <= max) return false
  const createdOf = ({ metadata }: Pod) => metadata.creationTimestamp ?? ''
  return finished.filter((other) => createdOf(other) < createdOf(pod)).length < finished.length - max
}

async function remove({ client, clock }: ControllerDeps, pod: Pod, disruption: string | undefined, signal: AbortSignal): Promise<Result> {
  const { uid, ...ref } = refOf(pod)
  try {
    if (!isPodFinished(pod) && pod.spec?.nodeName) {
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByPodGC',
        message: disruption ?? '',
        lastTransitionTime: nowRfc3339(clock),
      }
      const conditions = disruption === undefined ? pod.status?.conditions : withCondition(pod.status?.conditions, condition)
      await client.updateStatus(Pod, { ...pod, status: { ...pod.status, phase: 'Failed', conditions } }, signal)
    }
    await client.delete(Pod, ref, { uid, gracePeriodSeconds: 0 }, signal)
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error
  }
  return done
}

function podsOfNode(node: Node, old: Node | undefined, { cache }: ControllerDeps): readonly string[] {
  // Only a node's coming and going matters.
  if (old !== undefined) return []
  return cache(Pod)
    .byIndex(byNodeName, node.metadata.name ?? '')
    .map((object) => keyOf(refOf(object)))
}
