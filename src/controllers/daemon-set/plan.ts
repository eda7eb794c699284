/** Puts one pod on every node that a DaemonSet is for, and takes the others away. Pure. */
import { isPodFinished, isPodReady } from '#domain/pod-phase'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { isBeingDeleted } from '#meta/object'
import { type DaemonView, isAvailable, isUpdated, type NodeView, updateBounds } from './observe.ts'

export type DaemonPlan = {
  /** Names of nodes that get a pod. */
  readonly creations: readonly string[]
  readonly deletions: readonly Pod[]
  /** Ended although they should run: deleted, but not too often on one node. */
  readonly ended: readonly Pod[]
}

export function planPlacement(view: DaemonView): DaemonPlan {
  const plans = view.nodes.map((node) => planNode(node, view))
  return {
    creations: plans.flatMap(({ creations }) => creations),
    deletions: [...view.strays.filter((pod) => !isBeingDeleted(pod)), ...plans.flatMap(({ deletions }) => deletions)],
    ended: plans.flatMap(({ ended }) => ended),
  }
}

const nothing: DaemonPlan = { creations: [], deletions: [], ended: [] }

function planNode({ name, isWanted, mayStay, pods }: NodeView, view: DaemonView): DaemonPlan {
  if (isWanted && pods.length === 0) return { ...nothing, creations: [name] }
  const present = pods.filter((pod) => !isBeingDeleted(pod))
  if (!mayStay) return { ...nothing, deletions: present }
  const running = present.filter((pod) => !isPodFinished(pod))
  return { ...nothing, ended: present.filter(isPodFinished), deletions: surplusPods(running, view) }
}

/** One pod a node; two while a surging update waits for the new one. */
function surplusPods(running: readonly Pod[], view: DaemonView): readonly Pod[] {
  const [first, ...others] = running
  if (first === undefined || others.length === 0) return []
  if (updateBounds(view).surge === 0) return others
  const updated = running.find((pod) => isUpdated(pod, view))
  const outdated = running.find((pod) => !isUpdated(pod, view))
  const isReplaced = updated !== undefined && outdated !== undefined && (!isPodReady(outdated) || isAvailable(updated, view))
  return running.filter((pod) => (pod === outdated ? isReplaced : pod !== updated))
}
