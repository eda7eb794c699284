/** Which nodes a DaemonSet is for. Pure. */
import { requiredNodeMatcher } from '#domain/node-affinity'
import { untoleratedTaint } from '#domain/tolerations'
import type { DaemonSet } from '#kinds/apps/daemon-set.kind'
import type { Node } from '#kinds/core/node.kind'
import { daemonTolerations } from './daemon-pod.ts'

/** A pod that may stay need not be wanted: it came before the node was tainted. */
export type Placement = { readonly isWanted: boolean; readonly mayStay: boolean }

const nowhere: Placement = { isWanted: false, mayStay: false }

/** The affinity is read once and asked of many nodes. */
export function placementOn({ spec }: DaemonSet): (node: Node) => Placement {
  const podSpec = spec.template.spec ?? { containers: [] }
  const isMatch = requiredNodeMatcher(podSpec)
  const tolerations = daemonTolerations(podSpec)
  return ({ metadata, spec: { taints } = {} }) => {
    const name = metadata.name ?? ''
    if (podSpec.nodeName && podSpec.nodeName !== name) return nowhere
    if (isMatch !== undefined && !isMatch({ name, labels: metadata.labels ?? {} })) return nowhere
    const isBarred = untoleratedTaint(taints, tolerations, ['NoSchedule', 'NoExecute']) !== undefined
    return { isWanted: !isBarred, mayStay: untoleratedTaint(taints, tolerations, ['NoExecute']) === undefined }
  }
}
