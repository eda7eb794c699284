/** The workloads that keep pods running: ReplicaSets, ReplicationControllers, DaemonSets and StatefulSets. */
import type { DaemonSet, ReplicaSet, StatefulSet } from '#kinds/apps/types.gen'
import type { PersistentVolumeClaim, ReplicationController } from '#kinds/core/types.gen'
import { formatLabels, formatSelector, selectorOf, selectorOfMap } from '#meta/labels'
import { conditionLines } from './conditions.ts'
import { controllerLines, labelAndAnnotationLines, nameLines } from './identity.ts'
import { goList, indented, type Lines, labelLines, longTime, onlyIf } from './lines.ts'
import { podStatusLines } from './pod-counts.ts'
import { podTemplateLines } from './pod-template.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeReplicaSet(set: ReplicaSet, around: Surroundings): Promise<Lines> {
  const selector = selectorOf(set.spec.selector)
  return [
    ...nameLines(set),
    `Selector:\t${formatSelector(selector)}`,
    ...labelAndAnnotationLines(set),
    ...controllerLines(set),
    `Replicas:\t${set.status?.replicas ?? 0} current / ${set.spec.replicas ?? 0} desired`,
    ...(await podStatusLines(set, selector, around)),
    ...podTemplateLines(set.spec.template),
    ...conditionLines(set.status?.conditions),
    ...(await around.events(set)),
  ]
}

export async function describeReplicationController(controller: ReplicationController, around: Surroundings): Promise<Lines> {
  const { selector, replicas, template } = controller.spec ?? {}
  return [
    ...nameLines(controller),
    `Selector:\t${formatLabels(selector)}`,
    ...labelAndAnnotationLines(controller),
    `Replicas:\t${controller.status?.replicas ?? 0} current / ${replicas ?? 0} desired`,
    ...(await podStatusLines(controller, selectorOfMap(selector), around)),
    ...podTemplateLines(template),
    ...conditionLines(controller.status?.conditions),
    ...(await around.events(controller)),
  ]
}

export async function describeDaemonSet(set: DaemonSet, around: Surroundings): Promise<Lines> {
  const selector = selectorOf(set.spec.selector)
  const { desiredNumberScheduled = 0, currentNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = set.status ?? {}
  return [
    ...nameLines(set),
    `Selector:\t${formatSelector(selector)}`,
    `Node-Selector:\t${formatLabels(set.spec.template.spec?.nodeSelector)}`,
    ...labelAndAnnotationLines(set),
    `Desired Number of Nodes Scheduled: ${desiredNumberScheduled}`,
    `Current Number of Nodes Scheduled: ${currentNumberScheduled}`,
    `Number of Nodes Scheduled with Up-to-date Pods: ${updatedNumberScheduled}`,
    `Number of Nodes Scheduled with Available Pods: ${numberAvailable}`,
    `Number of Nodes Misscheduled: ${set.status?.numberMisscheduled ?? 0}`,
    ...(await podStatusLines(set, selector, around)),
    ...podTemplateLines(set.spec.template),
    ...(await around.events(set)),
  ]
}

export async function describeStatefulSet(set: StatefulSet, around: Surroundings): Promise<Lines> {
  const selector = selectorOf(set.spec.selector)
  const { replicas, updateStrategy, template, volumeClaimTemplates } = set.spec
  const { partition, maxUnavailable } = updateStrategy?.rollingUpdate ?? {}
  return [
    ...nameLines(set),
    `CreationTimestamp:\t${longTime(set.metadata.creationTimestamp)}`,
    `Selector:\t${formatSelector(selector)}`,
    ...labelAndAnnotationLines(set),
    `Replicas:\t${replicas ?? 0} desired | ${set.status?.replicas ?? 0} total`,
    `Update Strategy:\t${updateStrategy?.type ?? ''}`,
    ...onlyIf(partition !== undefined, `  Partition:\t${partition}`),
    ...onlyIf(partition !== undefined && maxUnavailable !== undefined, `  MaxUnavailable:\t${maxUnavailable}`),
    ...(await podStatusLines(set, selector, around)),
    ...podTemplateLines(template),
    ...claimTemplateLines(volumeClaimTemplates),
    ...(await around.events(set)),
  ]
}

function claimTemplateLines(claims: readonly PersistentVolumeClaim[] = []): Lines {
  if (claims.length === 0) return ['Volume Claims:\t<none>']
  const blocks = claims.map(({ metadata, spec }) => [
    `Name:\t${metadata.name ?? ''}`,
    `StorageClass:\t${spec.storageClassName ?? ''}`,
    ...labelLines('Labels', metadata.labels),
    ...labelLines('Annotations', metadata.annotations),
    `Capacity:\t${spec.resources?.requests?.['storage'] ?? '<default>'}`,
    `Access Modes:\t${goList(spec.accessModes)}`,
  ])
  return ['Volume Claims:', ...indented(blocks.flat())]
}
