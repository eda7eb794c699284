/** Deletes pods that do not bear, or no longer bear, a NoExecute taint of their node. */
import { nowRfc3339 } from '#base/env/clock'
import { isPodFinished } from '#domain/pod-phase'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { withCondition } from '#meta/conditions'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { byNodeName, podsByNode } from '../pods-by-node.ts'
import { evictionDueInMs } from './plan.ts'

export const taintEvictionController: Controller<Pod> = {
  name: 'taint-eviction-controller',
  for: Pod,
  watches: [watching(Node, podsOfTaintedNode)],
  indexes: [podsByNode],
  reconcile: evictIfDue,
}

async function evictIfDue({ cache, client, clock, events }: ControllerDeps, pod: Pod, signal: AbortSignal): Promise<Result> {
  const nodeName = pod.spec?.nodeName
  if (!nodeName || isBeingDeleted(pod) || isPodFinished(pod)) return done
  const dueInMs = evictionDueInMs(cache(Node).get(nodeName)?.spec?.taints ?? [], pod.spec?.tolerations ?? [], clock.nowMs())
  if (dueInMs === undefined) return done
  if (dueInMs > 0) return { afterMs: dueInMs }
  const { uid, ...ref } = refOf(pod)
  events.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyOf(ref)}`)
  const message = 'Taint manager: deleting due to NoExecute taint'
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message,
    lastTransitionTime: nowRfc3339(clock),
  }
  const conditions = withCondition(pod.status?.conditions, condition)
  await ignoreNotFound(client.updateStatus(Pod, { ...pod, status: { ...pod.status, conditions } }, signal))
  await ignoreNotFound(client.delete(Pod, ref, { uid }, signal))
  return done
}

function podsOfTaintedNode(node: Node, old: Node | undefined, { cache }: ControllerDeps): readonly string[] {
  if (old !== undefined && isSameValue(node.spec?.taints, old.spec?.taints)) return []
  return cache(Pod)
    .byIndex(byNodeName, node.metadata.name ?? '')
    .map((object) => keyOf(refOf(object)))
}
