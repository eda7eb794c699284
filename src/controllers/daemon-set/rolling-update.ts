/** Brings the pods of a DaemonSet to its template, a few nodes at a time: the old pod first, or the new one first where it may surge. Pure. */
import type { Pod } from '#kinds/core/pod/pod.kind'
import { isBeingDeleted } from '#meta/object'
import { type DaemonView, isAvailable, isUpdated, type NodeView, updateBounds } from './observe.ts'

export type UpdatePlan = { readonly creations: readonly string[]; readonly deletions: readonly Pod[] }

export function planRollingUpdate(view: DaemonView): UpdatePlan {
  if (view.daemonSet.spec.updateStrategy?.type === 'OnDelete') return { creations: [], deletions: [] }
  const { surge, unavailable } = updateBounds(view)
  const nodes = view.nodes.filter(({ isWanted, pods }) => isWanted || pods.length > 0).map((node) => versionsOn(node, view))
  return surge > 0 ? replaceBySurge(view, nodes, surge) : replaceInPlace(view, nodes, unavailable)
}

/** At most one pod of each sort; more of them is for the placement to mend first. */
type Versions = { readonly name: string; readonly old?: Pod; readonly updated?: Pod; readonly isOdd: boolean }

function versionsOn({ name, pods }: NodeView, view: DaemonView): Versions {
  const present = pods.filter((pod) => !isBeingDeleted(pod))
  const [updated, secondUpdated] = present.filter((pod) => isUpdated(pod, view))
  const [old, secondOld] = present.filter((pod) => !isUpdated(pod, view))
  return {
    name,
    ...(old === undefined ? {} : { old }),
    ...(updated === undefined ? {} : { updated }),
    isOdd: secondUpdated !== undefined || secondOld !== undefined,
  }
}

/** Old pods that are not available cost nothing; of the others as many as may be missing. */
function replaceInPlace(view: DaemonView, nodes: readonly Versions[], unavailableMax: number): UpdatePlan {
  const free: Pod[] = []
  const candidates: Pod[] = []
  let missingCount = 0
  for (const { old, updated, isOdd } of nodes) {
    const isStanding = !isOdd && (old === undefined) !== (updated === undefined)
    const pod = old ?? updated
    if (!isStanding || pod === undefined || !isAvailable(pod, view)) missingCount++
    if (!isStanding || old === undefined) continue
    if (isAvailable(old, view)) candidates.push(old)
    else free.push(old)
  }
  return { creations: [], deletions: [...free, ...candidates.slice(0, Math.max(unavailableMax - missingCount, 0))] }
}

function replaceBySurge(view: DaemonView, nodes: readonly Versions[], surgeMax: number): UpdatePlan {
  const free: string[] = []
  const candidates: string[] = []
  const deletions: Pod[] = []
  let surgeCount = 0
  for (const { name, old, updated, isOdd } of nodes) {
    if (isOdd) surgeCount++
    else if (old === undefined) continue
    else if (updated === undefined) (isAvailable(old, view) ? candidates : free).push(name)
    else if (isAvailable(updated, view)) deletions.push(old)
    else surgeCount++
  }
  return { creations: [...free, ...candidates.slice(0, Math.max(surgeMax - surgeCount, 0))], deletions }
}
