/** Keeps one pod on every node that a DaemonSet is for. */
import { claim } from '#domain/ownership'
import { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import { DaemonSet } from '#kinds/apps/daemon-set.kind'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { formatSelector, selectorOrNothing } from '#meta/labels'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { keysOfTakers, type Owner, ownerOf, settleClaims } from '../claims.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { createPod, deletePod } from '../owned-pods.ts'
import { nextAvailableInMs } from '../replica-set/plan.ts'
import { forgetRevisions, forgettable, podRevisionLabel, settleHistory } from '../revision-history.ts'
import { slowStart } from '../slow-start.ts'
import { soonest } from '../soonest.ts'
import { daemonPod, nodeNameOf } from './daemon-pod.ts'
import { FailureBackoff } from './failure-backoff.ts'
import { type DaemonView, observeDaemonSet } from './observe.ts'
import { planPlacement } from './plan.ts'
import { planRollingUpdate } from './rolling-update.ts'
import { daemonSetStatus } from './status.ts'

export function daemonSetController(): Controller<DaemonSet> {
  const backoff = new FailureBackoff()
  return {
    name: 'daemonset-controller',
    for: DaemonSet,
    owns: [Pod],
    watches: [watching(Pod, keysOfTakers(DaemonSet, selectorOfSet)), watching(Node, keysOfNode)],
    reads: [ControllerRevision],
    reconcile: (deps, daemonSet, signal) => reconcileDaemonSet(deps, daemonSet, backoff, signal),
    async forget(_deps, key) {
      backoff.forget(`${key} `)
      return done
    },
  }
}

async function reconcileDaemonSet(
  deps: ControllerDeps,
  daemonSet: DaemonSet,
  backoff: FailureBackoff,
  signal: AbortSignal,
): Promise<Result> {
  const selector = selectorOfSet(daemonSet)
  if (formatSelector(selector) === '') {
    const text = 'This daemon set is selecting all pods. A non-empty selector is required.'
    deps.events.event(daemonSet, 'Warning', 'SelectingAll', text)
    return done
  }
  // The garbage collector takes the pods.
  if (isBeingDeleted(daemonSet)) return done
  const owner = ownerOf(DaemonSet, daemonSet)
  const pods = await settleClaims(deps, Pod, owner, claim(daemonSet, selector, deps.cache(Pod).list(daemonSet.metadata.namespace)), signal)
  const { spec, status: before } = daemonSet
  const revisionOwner = { ...owner, template: spec.template, selector, collisionCount: before.collisionCount, hashLabel: podRevisionLabel }
  const history = await settleHistory(deps, revisionOwner, signal)
  const nowMs = deps.clock.nowMs()
  const view = observeDaemonSet(daemonSet, hashOf(history.newest), { nodes: deps.cache(Node).list(), pods }, nowMs)
  const outcome = await carryOut(deps, owner, view, backoff, signal)
  const status = daemonSetStatus(view, history.collisionCount)
  if (!isSameValue(status, before)) await deps.client.updateStatus(DaemonSet, { ...daemonSet, status }, signal)
  if (outcome.error !== undefined) throw outcome.error
  const used = new Set([view.hash, ...pods.map(({ metadata }) => metadata.labels?.[podRevisionLabel])])
  await forgetRevisions(
    deps,
    forgettable(history.revisions, (revision) => used.has(hashOf(revision)), spec.revisionHistoryLimit),
    signal,
  )
  return { afterMs: soonest(nextAvailableInMs(pods, spec.minReadySeconds ?? 0, nowMs), outcome.waitMs) }
}

type Outcome = { readonly error?: unknown; readonly waitMs?: number }

// As upstream: no more than this at once.
const burstMax = 250

async function carryOut(
  deps: ControllerDeps,
  owner: Owner,
  view: DaemonView,
  backoff: FailureBackoff,
  signal: AbortSignal,
): Promise<Outcome> {
  const placement = planPlacement(view)
  const waits = placement.ended.map((pod) => backoff.attempt(`${keyOf(refOf(owner.object))} ${nodeNameOf(pod)}`, view.nowMs))
  const ended = placement.ended.filter((_, index) => waits[index] === 0)
  for (const pod of ended) tellEnded(deps, owner, pod)
  // Where pods are missing or too many, the update has to wait for its turn.
  const isPlaced = placement.creations.length + placement.deletions.length + ended.length === 0
  const { creations, deletions } = isPlaced ? planRollingUpdate(view) : { ...placement, deletions: [...placement.deletions, ...ended] }
  const created = await slowStart(Math.min(creations.length, burstMax), (turn) =>
    createPod(deps, owner, daemonPod(view.daemonSet, creations[turn] ?? '', view.hash, owner.reference), signal),
  )
  const deleted = await Promise.allSettled(deletions.slice(0, burstMax).map((pod) => deletePod(deps, owner, pod, signal)))
  const error = created.error ?? deleted.find((result) => result.status === 'rejected')?.reason
  const waitMs = soonest(...waits.filter((ms) => ms > 0))
  return {
    ...(error === undefined || isNamespaceTerminating(error) ? {} : { error }),
    ...(waitMs === undefined ? {} : { waitMs }),
  }
}

function tellEnded({ events }: ControllerDeps, { object }: Owner, pod: Pod): void {
  const text = `daemon pod ${keyOf(refOf(pod))} on node ${nodeNameOf(pod)}, will try to`
  if (pod.status?.phase === 'Failed') events.event(object, 'Warning', 'FailedDaemonPod', `Found failed ${text} kill it`)
  else events.event(object, 'Normal', 'SucceededDaemonPod', `Found succeeded ${text} delete it`)
}

function selectorOfSet({ spec }: DaemonSet) {
  return selectorOrNothing(spec.selector)
}

function hashOf({ metadata }: ControllerRevision): string {
  return metadata.labels?.[podRevisionLabel] ?? ''
}

/** A heartbeat concerns nobody; what decides about placement concerns all. */
function keysOfNode(node: Node, old: Node | undefined, { cache }: ControllerDeps): readonly string[] {
  const isSame =
    old !== undefined && isSameValue(old.metadata.labels, node.metadata.labels) && isSameValue(old.spec?.taints, node.spec?.taints)
  if (isSame) return []
  return cache(DaemonSet)
    .list()
    .map((daemonSet) => keyOf(refOf(daemonSet)))
}
