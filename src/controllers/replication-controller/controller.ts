/** ReplicationController, the elder of ReplicaSet: the same plan, with a plain map as selector. */
import { nowRfc3339 } from '#base/env/clock'
import { claim } from '#domain/ownership'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ReplicationController } from '#kinds/core/replication-controller.kind'
import { isSameValue } from '#kinds/same-value'
import { type Selector, selectorOfMap } from '#meta/labels'
import { isBeingDeleted } from '#meta/object'
import { type Controller, type ControllerDeps, type Result, watching } from '#reconcile/controller'
import { keysOfTakers, ownerOf, settleClaims } from '../claims.ts'
import { nextAvailableInMs, planReplicas, replicaStatus } from '../replica-set/plan.ts'
import { carryOut } from '../replica-set/replica-pods.ts'

export const replicationController: Controller<ReplicationController> = {
  name: 'replication-controller',
  for: ReplicationController,
  owns: [Pod],
  watches: [watching(Pod, keysOfTakers(ReplicationController, selectorOfController))],
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
    ...ownerOf(ReplicationController, controller),
    template: spec.template ?? { spec: { containers: [] } },
  }
  const pods = await settleClaims(
    deps,
    Pod,
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
  // One reading of the clock: a pod that becomes available between two would be told by neither.
  const now = { ms: clock.nowMs(), text: nowRfc3339(clock) }
  const outcome = await carryOut(deps, owner, planReplicas(wanted, pods, pods, now.ms), signal)
  const { terminatingReplicas: _, ...status } = replicaStatus(wanted, controller.status, pods, outcome.failure, now)
  if (!isSameValue(status, controller.status)) await deps.client.updateStatus(ReplicationController, { ...controller, status }, signal)
  if (outcome.error !== undefined) throw outcome.error
  return { afterMs: nextAvailableInMs(pods, wanted.minReadySeconds, now.ms) }
}

/** Without a selector it would take every pod: the server fills it from the template's labels. */
function selectorOfController({ spec }: ReplicationController): Selector {
  return selectorOfMap(spec.selector ?? spec.template?.metadata?.labels)
}
