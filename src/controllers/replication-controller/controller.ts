/** ReplicationController, the elder of ReplicaSet: the same plan, with a plain map as selector. */
import { nowRfc3339 } from '#base/env/clock'
import { claim, controllerReference } from '#domain/ownership'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ReplicationController } from '#kinds/core/replication-controller.kind'
import { isSameValue } from '#kinds/same-value'
import { matches, type Selector, selectorOfMap } from '#meta/labels'
import { controllerOf, isBeingDeleted, keyOf, refOf } from '#meta/object'
import { type Controller, type ControllerDeps, type Result, watching } from '#reconcile/controller'
import { settleClaims } from '../owned-pods.ts'
import { nextAvailableInMs, planReplicas, replicaStatus } from '../replica-set/plan.ts'
import { carryOut } from '../replica-set/replica-pods.ts'

export const replicationController: Controller<ReplicationController> = {
  name: 'replication-controller',
  for: ReplicationController,
  owns: [Pod],
  watches: [watching(Pod, keysOfOrphan)],
  reconcile: reconcileReplicationController,
}

async function reconcileReplicationController(
  deps: ControllerDeps,
  controller: ReplicationController,
  signal: AbortSignal,
): Promise<Result> {
  const { clock } = deps
  const { spec } = controller
  const owner = {
    object: controller,
    reference: controllerReference(ReplicationController, controller),
    template: spec.template ?? { spec: { containers: [] } },
  }
  const pods = await settleClaims(
    deps,
    owner,
    claim(controller, selectorOfController(controller), deps.cache(Pod).list(controller.metadata.namespace)),
    signal,
  )
  const wanted = {
    replicas: spec.replicas ?? 1,
    minReadySeconds: spec.minReadySeconds ?? 0,
    templateLabels: spec.template?.metadata?.labels ?? {},
    generation: controller.metadata.generation,
    isBeingDeleted: isBeingDeleted(controller),
  }
  const outcome = await carryOut(deps, owner, planReplicas(wanted, pods, pods, clock.nowMs()), signal)
  const { terminatingReplicas: _, ...status } = replicaStatus(wanted, controller.status, pods, outcome.failure, {
    ms: clock.nowMs(),
    text: nowRfc3339(clock),
  })
  if (!isSameValue(status, controller.status)) await deps.client.updateStatus(ReplicationController, { ...controller, status }, signal)
  if (outcome.error !== undefined) throw outcome.error
  return { afterMs: nextAvailableInMs(pods, wanted.minReadySeconds, clock.nowMs()) }
}

/** Without a selector it would take every pod: the server fills it from the template's labels. */
function selectorOfController({ spec }: ReplicationController): Selector {
  return selectorOfMap(spec.selector ?? spec.template?.metadata?.labels)
}

function keysOfOrphan(pod: Pod, old: Pod | undefined, { cache }: ControllerDeps): readonly string[] {
  if (controllerOf(pod) !== undefined || isBeingDeleted(pod)) return []
  if (old !== undefined && controllerOf(old) === undefined && isSameValue(old.metadata.labels, pod.metadata.labels)) return []
  const takers = cache(ReplicationController).list(pod.metadata.namespace)
  return takers
    .filter((controller) => matches(selectorOfController(controller), pod.metadata.labels))
    .map((controller) => keyOf(refOf(controller)))
}
