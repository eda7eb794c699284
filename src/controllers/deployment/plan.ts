/** What a Deployment has to do next. Each plan is one step; what it changes leads to the next one. Pure. */

import { controllerReference } from '#domain/ownership'
import { isPodFinished } from '#domain/pod-phase'
import { podTemplateHash, podTemplateHashLabel } from '#domain/pod-template'
import { Deployment } from '#kinds/apps/deployment.kind'
import type { ReplicaSet } from '#kinds/apps/replica-set.kind'
import type { DeploymentStatus } from '#kinds/apps/types.gen'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { conditionOf } from '#meta/conditions'
import { isBeingDeleted } from '#meta/object'
import {
  historyOf,
  initialAnnotations,
  nextRevision,
  revisionAnnotation,
  setsToForget,
  specReplicas,
  withCurrentRevision,
} from './revisions.ts'
import { newSetReplicas, rollingStep, type Scaling } from './rolling-update.ts'
import { scalingStep, wasResized } from './scaling.ts'
import {
  countedStatus,
  deadlineCheckInMs,
  hasProgressDeadline,
  isComplete,
  type Now,
  progressing,
  rolloutStatus,
  setCondition,
} from './status.ts'
import { isRolling, wantedReplicas } from './surge.ts'

export type Observed = {
  readonly deployment: Deployment
  /** Those that the Deployment controls. */
  readonly sets: readonly ReplicaSet[]
  /** Pods of a set. */
  readonly podsOf: (set: ReplicaSet) => readonly Pod[]
}

export type DeploymentPlan = {
  readonly create?: ReplicaSet
  /** The current set with other annotations. */
  readonly annotate?: ReplicaSet
  /** What the Deployment's own revision annotation should say. */
  readonly revision?: string
  readonly scale: readonly Scaling[]
  readonly forget: readonly ReplicaSet[]
  readonly status: DeploymentStatus
  readonly checkAgainInMs?: number | undefined
}

export function planDeployment(observed: Observed, now: Now): DeploymentPlan {
  const { deployment, sets } = observed
  const history = historyOf(deployment, sets)
  const nothing = { scale: [], forget: [] }
  if (isBeingDeleted(deployment)) return { ...nothing, status: countedStatus(deployment, history, now) }
  const named = withRevisions(observed, now)
  if (deployment.spec.paused === true || wasResized(deployment, sets)) {
    const scale = scalingStep(deployment, history)
    const forget = deployment.spec.paused === true ? setsToForget(deployment, history.old) : []
    return { ...named, scale, forget, status: countedStatus({ ...deployment, status: named.status }, history, now) }
  }
  return isRolling(deployment) ? planRolling(observed, named, now) : planRecreate(observed, named, now)
}

type Named = Pick<DeploymentPlan, 'annotate' | 'revision' | 'status'>

/** The current set's annotations, the Deployment's, and the first word about progress. */
function withRevisions({ deployment, sets }: Observed, now: Now): Named {
  const { current, old } = historyOf(deployment, sets)
  if (current === undefined) return { status: deployment.status }
  const annotated = withCurrentRevision(deployment, current, nextRevision(old))
  const revision = annotated.metadata.annotations?.[revisionAnnotation]
  const isFirstWord = hasProgressDeadline(deployment) && conditionOf(deployment.status.conditions, 'Progressing') === undefined
  const found = progressing('True', 'FoundNewReplicaSet', `Found new replica set "${current.metadata.name}"`, now)
  return {
    ...(annotated === current ? {} : { annotate: annotated }),
    ...(revision === undefined || revision === deployment.metadata.annotations?.[revisionAnnotation] ? {} : { revision }),
    status: isFirstWord ? { ...deployment.status, conditions: setCondition(deployment.status.conditions, found) } : deployment.status,
  }
}

function planRolling(observed: Observed, named: Named, now: Now): DeploymentPlan {
  const { deployment, sets } = observed
  const { current, old } = historyOf(deployment, sets)
  if (current === undefined) return planFirstSet(observed, newSetReplicas(deployment, old, 0), now)
  return finished(observed, named, rollingStep(deployment, current, old), now)
}

/** First everything old goes, to the last pod; then the new comes. */
function planRecreate(observed: Observed, named: Named, now: Now): DeploymentPlan {
  const { deployment, sets, podsOf } = observed
  const { current, old } = historyOf(deployment, sets)
  const active = old.filter((set) => specReplicas(set) > 0)
  if (active.length > 0)
    return finished(
      observed,
      named,
      active.map((set) => ({ set, replicas: 0 })),
      now,
    )
  if (old.some((set) => podsOf(set).some((pod) => !isPodFinished(pod)))) return finished(observed, named, [], now)
  if (current === undefined) return planFirstSet(observed, wantedReplicas(deployment), now)
  const wanted = wantedReplicas(deployment)
  return finished(observed, named, specReplicas(current) === wanted ? [] : [{ set: current, replicas: wanted }], now)
}

function finished({ deployment, sets }: Observed, named: Named, scale: readonly Scaling[], now: Now): DeploymentPlan {
  const history = historyOf(deployment, sets)
  const status = rolloutStatus({ ...deployment, status: named.status }, history, now)
  const forget = scale.length === 0 && isComplete(deployment, deployment.status) ? setsToForget(deployment, history.old) : []
  return { ...named, scale, forget, status, checkAgainInMs: deadlineCheckInMs(deployment, status, now) }
}

function planFirstSet({ deployment, sets }: Observed, replicas: number, now: Now): DeploymentPlan {
  const { old } = historyOf(deployment, sets)
  const create = newSet(deployment, replicas, nextRevision(old))
  const revision = create.metadata.annotations?.[revisionAnnotation]
  const created = progressing('True', 'NewReplicaSetCreated', `Created new replica set "${create.metadata.name}"`, now)
  const status = countedStatus(deployment, { current: undefined, old }, now)
  const conditions = hasProgressDeadline(deployment) ? setCondition(status.conditions, created) : status.conditions
  return { create, revision, scale: [], forget: [], status: { ...status, conditions } }
}

function newSet(deployment: Deployment, replicas: number, revision: bigint): ReplicaSet {
  const { name = '', namespace } = deployment.metadata
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = podTemplateHash(template, deployment.status.collisionCount)
  const labels = { ...template.metadata?.labels, [podTemplateHashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: initialAnnotations(deployment, revision),
      ownerReferences: [controllerReference(Deployment, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [podTemplateHashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  }
}
