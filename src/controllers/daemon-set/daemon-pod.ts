/** The pod of a DaemonSet for one node: bound to it by affinity, so that the scheduler binds it there and nowhere else. Pure. */
import { namedNodes } from '#domain/node-affinity'
import { podFromTemplate } from '#domain/pod-template'
import type { DaemonSet } from '#kinds/apps/daemon-set.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Affinity, PodSpec, Toleration } from '#kinds/core/types.gen'
import type { OwnerReference } from '#meta/types.gen'
import { podRevisionLabel } from '../revision-history.ts'

const templateGenerationLabel = 'pod-template-generation'
const templateGenerationAnnotation = 'deprecated.daemonset.template.generation'

export function daemonPod(daemonSet: DaemonSet, nodeName: string, revisionHash: string, reference: OwnerReference): Pod {
  const { template } = daemonSet.spec
  const spec: PodSpec = template.spec ?? { containers: [] }
  const generation = daemonSet.metadata.annotations?.[templateGenerationAnnotation]
  const labels = {
    ...template.metadata?.labels,
    ...(generation === undefined ? {} : { [templateGenerationLabel]: generation }),
    [podRevisionLabel]: revisionHash,
  }
  return podFromTemplate(
    {
      metadata: { ...template.metadata, labels },
      spec: { ...spec, affinity: boundTo(nodeName, spec.affinity), tolerations: daemonTolerations(spec) },
    },
    daemonSet.metadata.namespace,
    `${daemonSet.metadata.name}-`,
    reference,
  )
}

/** The node on which a pod is, or for which it was made. */
export function nodeNameOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName
  const names = namedNodes(spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
  return names?.size === 1 ? names.values().next().value : undefined
}

/** A daemon belongs to its node in good days and bad: it comes before the node is ready and stays when the node is in trouble. */
export function daemonTolerations({ tolerations = [], hostNetwork }: PodSpec): readonly Toleration[] {
  const always = [
    ['not-ready', 'NoExecute'],
    ['unreachable', 'NoExecute'],
    ['disk-pressure', 'NoSchedule'],
    ['memory-pressure', 'NoSchedule'],
    ['pid-pressure', 'NoSchedule'],
    ['unschedulable', 'NoSchedule'],
    ...(hostNetwork === true ? [['network-unavailable', 'NoSchedule']] : []),
  ]
  const added = always.map(([name, effect]) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect: effect ?? '' }))
  const isThere = (one: Toleration) =>
    tolerations.some((other) => other.key === one.key && other.effect === one.effect && other.operator === 'Exists')
  return [...tolerations, ...added.filter((one) => !isThere(one))]
}

/** Which nodes are right has been decided already: what the template requires of them is replaced. */
function boundTo(nodeName: string, affinity: Affinity = {}): Affinity {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }
  return {
    ...affinity,
    nodeAffinity: { ...affinity.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
  }
}
