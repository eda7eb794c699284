/** Keeps the status of PodDisruptionBudgets, by which evictions are granted or refused. */
import { nowRfc3339 } from '#base/env/clock'
import { Deployment } from '#kinds/apps/deployment.kind'
import { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { StatefulSet } from '#kinds/apps/stateful-set.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ReplicationController } from '#kinds/core/replication-controller.kind'
import { PodDisruptionBudget } from '#kinds/policy/pod-disruption-budget.kind'
import { isSameValue } from '#kinds/same-value'
import type { Kind } from '#meta/kind'
import { matches, selectorOrNothing } from '#meta/labels'
import { controllerOf, type KubeObject, keyOf, refOf } from '#meta/object'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { budgetStatus, evictionForgottenAfterMs } from './plan.ts'

export const disruptionController: Controller<PodDisruptionBudget> = {
  name: 'controllermanager',
  for: PodDisruptionBudget,
  watches: [
    watching(Pod, budgetsOfPod),
    watching(Deployment, budgetsOfNamespace),
    watching(ReplicaSet, budgetsOfNamespace),
    watching(StatefulSet, budgetsOfNamespace),
    watching(ReplicationController, budgetsOfNamespace),
  ],
  reconcile: reconcileBudget,
}

async function reconcileBudget(deps: ControllerDeps, budget: PodDisruptionBudget, signal: AbortSignal): Promise<Result> {
  const { cache, client, clock, events } = deps
  const selector = selectorOrNothing(budget.spec?.selector)
  const pods = cache(Pod)
    .list(budget.metadata.namespace)
    .filter(({ metadata }) => matches(selector, metadata.labels))
  if (pods.length === 0) events.event(budget, 'Normal', 'NoPods', 'No matching pods found')
  const status = budgetStatus(budget, pods, scaleOf(deps, pods), { ms: clock.nowMs(), text: nowRfc3339(clock) })
  if (!isSameValue(status, budget.status)) await client.updateStatus(PodDisruptionBudget, { ...budget, status }, signal)
  return status?.disruptedPods === undefined ? done : { afterMs: evictionForgottenAfterMs }
}

/** What the owners of the pods want, each counted once; undefined when one of the pods has none that is known. */
function scaleOf(deps: ControllerDeps, pods: readonly Pod[]): number | undefined {
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const owner = ownerScale(deps, pod)
    if (owner === undefined) return undefined
    scales.set(owner.uid, owner.replicas)
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0)
}

type OwnerScale = { readonly uid: string; readonly replicas: number }

function ownerScale(deps: ControllerDeps, pod: Pod): OwnerScale | undefined {
  const set = ownerIn(deps, ReplicaSet, pod)
  // A ReplicaSet of a Deployment is one of several: the Deployment says how many pods there should be.
  const deployment = set === undefined ? undefined : ownerIn(deps, Deployment, set)
  const owner = deployment ?? set ?? ownerIn(deps, StatefulSet, pod) ?? ownerIn(deps, ReplicationController, pod)
  return owner === undefined ? undefined : { uid: owner.metadata.uid ?? '', replicas: owner.spec.replicas ?? 1 }
}

function ownerIn<T extends KubeObject>({ cache }: ControllerDeps, kind: Kind<T>, object: KubeObject): T | undefined {
  const reference = controllerOf(object)
  if (reference === undefined || reference.kind !== kind.kind) return undefined
  const owner = cache(kind).get(keyOf({ namespace: object.metadata.namespace, name: reference.name }))
  return owner?.metadata.uid === reference.uid ? owner : undefined
}

function budgetsOfPod(pod: Pod, old: Pod | undefined, { cache }: ControllerDeps): readonly string[] {
  const isConcerned = ({ spec }: PodDisruptionBudget, { metadata }: Pod) => matches(selectorOrNothing(spec?.selector), metadata.labels)
  const budgets = cache(PodDisruptionBudget).list(pod.metadata.namespace)
  return budgets
    .filter((budget) => isConcerned(budget, pod) || (old !== undefined && isConcerned(budget, old)))
    .map((budget) => keyOf(refOf(budget)))
}

/** A workload that is resized changes what is expected; budgets are few. */
function budgetsOfNamespace(
  workload: KubeObject & { readonly spec: { readonly replicas?: number } },
  old: (KubeObject & { readonly spec: { readonly replicas?: number } }) | undefined,
  { cache }: ControllerDeps,
): readonly string[] {
  if (old !== undefined && old.spec.replicas === workload.spec.replicas) return []
  return cache(PodDisruptionBudget)
    .list(workload.metadata.namespace)
    .map((budget) => keyOf(refOf(budget)))
}
