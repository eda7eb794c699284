/** Keeps as many pods of one template as a ReplicaSet asks for. */
import { nowRfc3339 } from '#base/env/clock'
import { claim } from '#domain/ownership'
import { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { selectorOrNothing } from '#meta/labels'
import { controllerOf, isBeingDeleted } from '#meta/object'
import { type Controller, type ControllerDeps, controllerUidIndex, indexOn, type Result, watching } from '#reconcile/controller'
import { keysOfTakers, ownerOf, settleClaims } from '../claims.ts'
import { nextAvailableInMs, planReplicas, replicaStatus, type WantedReplicas } from './plan.ts'
import { carryOut } from './replica-pods.ts'

export const replicaSetController: Controller<ReplicaSet> = {
  name: 'replicaset-controller',
  for: ReplicaSet,
  owns: [Pod],
  watches: [
    watching(
      Pod,
      keysOfTakers(ReplicaSet, ({ spec }) => selectorOrNothing(spec.selector)),
    ),
  ],
  indexes: [indexOn(ReplicaSet, controllerUidIndex, (set) => [controllerOf(set)?.uid ?? ''])],
  reconcile: reconcileReplicaSet,
}

async function reconcileReplicaSet(deps: ControllerDeps, set: ReplicaSet, signal: AbortSignal): Promise<Result> {
  const { clock } = deps
  const owner = {
    ...ownerOf(ReplicaSet, set),
    template: set.spec.template ?? { spec: { containers: [] } },
  }
  const candidates = deps.cache(Pod).list(set.metadata.namespace)
  const pods = await settleClaims(deps, Pod, owner, claim(set, selectorOrNothing(set.spec.selector), candidates), signal)
  const wanted = wantedOf(set)
  // One reading of the clock: a pod that becomes available between two would be told by neither.
  const now = { ms: clock.nowMs(), text: nowRfc3339(clock) }
  const outcome = await carryOut(deps, owner, planReplicas(wanted, pods, relatedPods(deps, set, pods), now.ms), signal)
  const status = replicaStatus(wanted, set.status, pods, outcome.failure, now)
  if (!isSameValue(status, set.status)) await deps.client.updateStatus(ReplicaSet, { ...set, status }, signal)
  if (outcome.error !== undefined) throw outcome.error
  return { afterMs: nextAvailableInMs(pods, wanted.minReadySeconds, now.ms) }
}

function wantedOf(set: ReplicaSet): WantedReplicas {
  return {
    replicas: set.spec.replicas ?? 1,
    minReadySeconds: set.spec.minReadySeconds ?? 0,
    templateLabels: set.spec.template?.metadata?.labels ?? {},
    generation: set.metadata.generation,
    isBeingDeleted: isBeingDeleted(set),
  }
}

/** Pods of all ReplicaSets of the same Deployment. */
function relatedPods({ cache }: ControllerDeps, set: ReplicaSet, own: readonly Pod[]): readonly Pod[] {
  const controller = controllerOf(set)
  if (controller === undefined) return own
  const siblings = cache(ReplicaSet).byIndex(controllerUidIndex, controller.uid)
  return siblings.flatMap((sibling) => cache(Pod).byIndex(controllerUidIndex, sibling.metadata.uid ?? ''))
}
