/** What a Deployment tells about itself: counts, and the conditions Available, Progressing and ReplicaFailure. Pure. */
import { nonZero } from '#domain/counts'
import type { Deployment } from '#kinds/apps/deployment.kind'
import type { ReplicaSet } from '#kinds/apps/replica-set.kind'
import type { DeploymentCondition, DeploymentStatus } from '#kinds/apps/types.gen'
import { conditionOf, withoutCondition } from '#meta/conditions'
import type { History } from './revisions.ts'
import { totalReplicas } from './rolling-update.ts'
import { maxUnavailable, wantedReplicas } from './surge.ts'

export type Now = { readonly ms: number; readonly text: string }

/** `kubectl` writes this for "no deadline" as upstream's defaults do. */
const noDeadline = 2 ** 31 - 1

export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds
  return seconds !== undefined && seconds !== noDeadline
}

/** Counts and Available; other conditions are kept. */
export function countedStatus(deployment: Deployment, { current, old }: History, now: Now): DeploymentStatus {
  const all = current === undefined ? old : [...old, current]
  const sum = (countOf: (set: ReplicaSet) => number | undefined) => all.reduce((total, set) => total + (countOf(set) ?? 0), 0)
  const replicas = sum(({ status }) => status.replicas)
  const availableReplicas = sum(({ status }) => status.availableReplicas)
  // What is asked for counts, not what is there: a pod that is not even created is unavailable too.
  const wantedTotal = totalReplicas(all)
  const counts = nonZero({
    replicas,
    updatedReplicas: current?.status.replicas ?? 0,
    readyReplicas: sum(({ status }) => status.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(wantedTotal - availableReplicas, 0),
  })
  const terminating = sum(({ status }) => status.terminatingReplicas)
  const available = availableCondition(availableReplicas >= wantedReplicas(deployment) - maxUnavailable(deployment), now)
  return {
    observedGeneration: deployment.metadata.generation,
    ...counts,
    terminatingReplicas: terminating,
    conditions: setCondition(deployment.status.conditions, available),
    ...(deployment.status.collisionCount === undefined ? {} : { collisionCount: deployment.status.collisionCount }),
  }
}

/** Counts and all conditions, with the progress since the last status. */
export function rolloutStatus(deployment: Deployment, history: History, now: Now): DeploymentStatus {
  const status = countedStatus(deployment, history, now)
  const progressed = withProgress(deployment, history.current, status, now)
  const failure = failureOf(history, now)
  const conditions = failure === undefined ? withoutCondition(progressed, 'ReplicaFailure') : setCondition(progressed, failure)
  return { ...status, conditions }
}

function withProgress(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  status: DeploymentStatus,
  now: Now,
): readonly DeploymentCondition[] {
  const conditions = status.conditions ?? []
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing')
  const before = conditionOf(deployment.status.conditions, 'Progressing')
  const isSettled = status.replicas === status.updatedReplicas && before?.reason === 'NewReplicaSetAvailable'
  if (isSettled) return conditions
  const subject = current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.metadata.name}"`
  if (isComplete(deployment, status)) {
    return setCondition(conditions, progressing('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`, now))
  }
  if (hasProgressed(deployment.status, status)) {
    const next = progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`, now)
    // Each step of progress renews lastUpdateTime, from which the deadline is reckoned.
    const kept = before?.status === 'True' ? { ...next, lastTransitionTime: before.lastTransitionTime } : next
    return [...withoutCondition(conditions, 'Progressing'), kept]
  }
  if (isTimedOut(deployment, before, now)) {
    return setCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`, now))
  }
  return conditions
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(deployment)
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status
  return (
    updatedReplicas === wanted &&
    replicas === wanted &&
    availableReplicas === wanted &&
    observedGeneration >= (deployment.metadata.generation ?? 0)
  )
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const oldPods = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldPods(after) < oldPods(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

function isTimedOut(deployment: Deployment, before: DeploymentCondition | undefined, now: Now): boolean {
  if (before === undefined || before.reason === 'NewReplicaSetAvailable') return false
  if (before.reason === 'ProgressDeadlineExceeded') return true
  return deadlineMs(deployment, before) < now.ms
}

function deadlineMs(deployment: Deployment, progress: DeploymentCondition): number {
  return Date.parse(progress.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000
}

/** When to look whether the deadline has passed; undefined where none is running. */
export function deadlineCheckInMs(deployment: Deployment, status: DeploymentStatus, now: Now): number | undefined {
  const progress = conditionOf(status.conditions, 'Progressing')
  if (!hasProgressDeadline(deployment) || progress === undefined || isComplete(deployment, status)) return undefined
  if (progress.reason === 'ProgressDeadlineExceeded' || progress.reason === 'DeploymentPaused') return undefined
  return Math.max(deadlineMs(deployment, progress) - now.ms, 0) + 1000
}

/** Pausing stops the clock of the deadline; resuming starts it anew. The conditions as they are where nothing changes. */
export function pauseConditions(deployment: Deployment, now: Now): readonly DeploymentCondition[] | undefined {
  const before = conditionOf(deployment.status.conditions, 'Progressing')
  if (!hasProgressDeadline(deployment) || before?.reason === 'ProgressDeadlineExceeded') return undefined
  const isTold = before?.reason === 'DeploymentPaused'
  if (deployment.spec.paused === true && !isTold)
    return setCondition(deployment.status.conditions, progressing('Unknown', 'DeploymentPaused', 'Deployment is paused', now))
  if (deployment.spec.paused !== true && isTold)
    return setCondition(deployment.status.conditions, progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed', now))
  return undefined
}

export function progressing(status: string, reason: string, message: string, now: Now): DeploymentCondition {
  return { type: 'Progressing', status, lastUpdateTime: now.text, lastTransitionTime: now.text, reason, message }
}

function availableCondition(isAvailable: boolean, now: Now): DeploymentCondition {
  const times = { lastUpdateTime: now.text, lastTransitionTime: now.text }
  return isAvailable
    ? { type: 'Available', status: 'True', ...times, reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        ...times,
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
}

/** The current set's failure counts before an old one's. */
function failureOf({ current, old }: History, now: Now): DeploymentCondition | undefined {
  const failures = [...(current === undefined ? [] : [current]), ...old].map((set) => conditionOf(set.status.conditions, 'ReplicaFailure'))
  const failure = failures.find((condition) => condition !== undefined)
  if (failure === undefined) return undefined
  const { type, status, reason, message, lastTransitionTime } = failure
  return { type, status, reason, message, lastTransitionTime, lastUpdateTime: now.text }
}

/** Same status and reason: nothing new to tell. As upstream, a changed condition moves to the end. */
export function setCondition(
  conditions: readonly DeploymentCondition[] | undefined,
  next: DeploymentCondition,
): readonly DeploymentCondition[] {
  const before = conditionOf(conditions, next.type)
  if (before !== undefined && before.status === next.status && before.reason === next.reason) return conditions ?? []
  const kept = before?.status === next.status ? { ...next, lastTransitionTime: before.lastTransitionTime } : next
  return [...withoutCondition(conditions, next.type), kept]
}
