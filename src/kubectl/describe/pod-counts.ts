/** How the pods of a workload are doing. */
import type { Pod } from '#kinds/core/types.gen'
import { formatSelector, type Selector } from '#meta/labels'
import type { KubeObject } from '#meta/object'
import { pods } from './collections.ts'
import type { Lines } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function podStatusLines(owner: KubeObject, selector: Selector, around: Surroundings): Promise<Lines> {
  const namespace = owner.metadata.namespace ?? ''
  const found = await around.list(pods, { namespace, labelSelector: formatSelector(selector) })
  const own = found.filter(({ metadata }) => metadata.ownerReferences?.find(({ controller }) => controller)?.uid === owner.metadata.uid)
  const [running, waiting, succeeded, failed] = ['Running', 'Pending', 'Succeeded', 'Failed'].map((phase) => countIn(own, phase))
  return [`Pods Status:\t${running} Running / ${waiting} Waiting / ${succeeded} Succeeded / ${failed} Failed`]
}

function countIn(found: readonly Pod[], phase: string): number {
  return found.filter(({ status }) => status?.phase === phase).length
}
