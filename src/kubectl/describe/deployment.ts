/** A deployment and the ReplicaSets through which it goes. */
import type { Deployment, ReplicaSet } from '#kinds/apps/types.gen'
import { formatSelector, selectorOf } from '#meta/labels'
import { isDeepEqual } from '#meta/patch/equal'
import { collection } from './collections.ts'
import { conditionLines } from './conditions.ts'
import { labelAndAnnotationLines, nameLines } from './identity.ts'
import { compareText, type Lines, longTime, onlyIf, orNone } from './lines.ts'
import { podTemplateLines } from './pod-template.ts'
import type { Surroundings } from './surroundings.ts'

const replicaSets = collection<ReplicaSet>('replicasets', { group: 'apps' })

export async function describeDeployment(deployment: Deployment, around: Surroundings): Promise<Lines> {
  const { metadata, spec, status = {} } = deployment
  const { rollingUpdate, type = '' } = spec.strategy ?? {}
  return [
    ...nameLines(deployment),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    ...labelAndAnnotationLines(deployment),
    `Selector:\t${formatSelector(selectorOf(spec.selector))}`,
    `Replicas:\t${replicaCounts(deployment)}`,
    `StrategyType:\t${type}`,
    `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`,
    ...onlyIf(
      rollingUpdate !== undefined,
      `RollingUpdateStrategy:\t${rollingUpdate?.maxUnavailable} max unavailable, ${rollingUpdate?.maxSurge} max surge`,
    ),
    ...podTemplateLines(spec.template),
    ...conditionLines(status.conditions),
    ...replicaSetLines(deployment, await ownReplicaSets(deployment, around)),
    ...(await around.events(deployment)),
  ]
}

function replicaCounts({ spec, status = {} }: Deployment): string {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status
  return `${spec.replicas ?? 0} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`
}

async function ownReplicaSets({ metadata, spec }: Deployment, around: Surroundings): Promise<readonly ReplicaSet[]> {
  const labelSelector = formatSelector(selectorOf(spec.selector))
  const found = await around.list(replicaSets, { namespace: metadata.namespace ?? '', labelSelector })
  return found.filter((set) => set.metadata.ownerReferences?.find(({ controller }) => controller)?.uid === metadata.uid)
}

function replicaSetLines({ spec }: Deployment, sets: readonly ReplicaSet[]): Lines {
  if (sets.length === 0) return []
  const oldestFirst = sets.toSorted(
    (a, b) =>
      compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
      compareText(a.metadata.name ?? '', b.metadata.name ?? ''),
  )
  const current = oldestFirst.find((set) => isDeepEqual(withoutHash(set.spec.template), withoutHash(spec.template)))
  return [
    `OldReplicaSets:\t${orNone(
      sets
        .filter((set) => set !== current)
        .map(createdText)
        .join(', '),
    )}`,
    `NewReplicaSet:\t${current === undefined ? '<none>' : createdText(current)}`,
  ]
}

function createdText({ metadata, spec, status }: ReplicaSet): string {
  return `${metadata.name ?? ''} (${status?.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`
}

/** The hash tells ReplicaSets apart that are otherwise of one template. */
function withoutHash(template: ReplicaSet['spec']['template']): unknown {
  const { metadata = {}, spec } = template ?? {}
  const labels = Object.entries(metadata.labels ?? {}).filter(([name]) => name !== 'pod-template-hash')
  return { metadata: { ...metadata, labels: Object.fromEntries(labels) }, spec }
}
