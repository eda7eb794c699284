/** Keeps a row of pods with names, and storage, of their own. */
import { claim } from '#domain/ownership'
import { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import { StatefulSet } from '#kinds/apps/stateful-set.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { formatSelector, selectorOrNothing } from '#meta/labels'
import { isBeingDeleted, keyOf } from '#meta/object'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { keysOfTakers, type Owner, ownerOf, settleClaims } from '../claims.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { nextAvailableInMs } from '../replica-set/plan.ts'
import { forgetRevisions, forgettable, type History, settleHistory } from '../revision-history.ts'
import { slowStart } from '../slow-start.ts'
import { planStatefulSet, type StatefulPlan, type StatefulView } from './plan.ts'
import { claimsFor } from './stateful-claims.ts'
import { ordinalOf, revisionNameOf, wantedOrdinals } from './stateful-pod.ts'
import { createStatefulPod, deleteStatefulPod, settlePod } from './stateful-pods.ts'
import { statefulSetStatus } from './status.ts'

export const statefulSetController: Controller<StatefulSet> = {
  name: 'statefulset-controller',
  for: StatefulSet,
  owns: [Pod],
  watches: [watching(Pod, keysOfTakers(StatefulSet, selectorOfSet))],
  reads: [ControllerRevision, PersistentVolumeClaim],
  reconcile: reconcileStatefulSet,
}

async function reconcileStatefulSet(deps: ControllerDeps, set: StatefulSet, signal: AbortSignal): Promise<Result> {
  const selector = selectorOfSet(set)
  if (formatSelector(selector) === '') return done
  const owner = ownerOf(StatefulSet, set)
  const candidates = deps.cache(Pod).list(set.metadata.namespace)
  const named = candidates.filter((pod) => ordinalOf(set, pod) !== undefined)
  const pods = await settleClaims(deps, Pod, owner, claim(set, selector, named), signal)
  const { template, revisionHistoryLimit } = set.spec
  const revisionOwner = {
    ...owner,
    template,
    selector,
    collisionCount: set.status.collisionCount,
    hashLabel: 'controller.kubernetes.io/hash',
  }
  const history = await settleHistory(deps, revisionOwner, signal)
  const view = viewOf(deps, set, pods, history)
  const nowMs = deps.clock.nowMs()
  const error = await carryOut(deps, owner, view, planStatefulSet(view, nowMs), signal)
  const status = statefulSetStatus(view, history.collisionCount, nowMs)
  if (!isSameValue(status, set.status)) await deps.client.updateStatus(StatefulSet, { ...set, status }, signal)
  if (error !== undefined) throw error
  const used = new Set([status.currentRevision, status.updateRevision, ...pods.map(revisionNameOf)])
  const isUsed = ({ metadata }: ControllerRevision) => used.has(metadata.name)
  await forgetRevisions(deps, forgettable(history.revisions, isUsed, revisionHistoryLimit), signal)
  return { afterMs: nextAvailableInMs(pods, set.spec.minReadySeconds ?? 0, nowMs) }
}

function selectorOfSet({ spec }: StatefulSet) {
  return selectorOrNothing(spec.selector)
}

function viewOf({ cache }: ControllerDeps, set: StatefulSet, pods: readonly Pod[], { revisions, newest }: History): StatefulView {
  const current = revisions.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? newest
  const isLeaving = (ordinal: number) =>
    claimsFor(set, ordinal).some(({ metadata: { name = '', namespace } }) => {
      const held = cache(PersistentVolumeClaim).get(keyOf({ name, namespace }))
      return held !== undefined && isBeingDeleted(held)
    })
  return {
    set,
    pods: new Map(pods.map((pod) => [ordinalOf(set, pod) ?? 0, pod])),
    current,
    update: newest,
    leavingClaims: new Set(wantedOrdinals(set).filter(isLeaving)),
  }
}

/** Resolves with what went wrong; what could be done is done. */
async function carryOut(
  deps: ControllerDeps,
  owner: Owner,
  { set, pods }: StatefulView,
  plan: StatefulPlan,
  signal: AbortSignal,
): Promise<unknown> {
  // Before a pod goes, its claims have to know that they go with it.
  const settled = await Promise.allSettled([...pods].map(([ordinal, pod]) => settlePod(deps, set, owner, ordinal, pod, signal)))
  const created = await slowStart(plan.creations.length, async (turn) => {
    const creation = plan.creations[turn]
    if (creation !== undefined) await createStatefulPod(deps, set, owner, creation, signal)
  })
  if (created.error !== undefined) return isNamespaceTerminating(created.error) ? undefined : created.error
  const deleted = await Promise.allSettled(plan.deletions.map((pod) => deleteStatefulPod(deps, set, pod, signal)))
  return [...settled, ...deleted].find((result) => result.status === 'rejected')?.reason
}
