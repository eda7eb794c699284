/** The history of a Deployment: one ReplicaSet for each template that it had, numbered by annotations. */
import { isSameTemplate } from '#domain/pod-template'
import type { Deployment } from '#kinds/apps/deployment.kind'
import type { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { isBeingDeleted, withMeta } from '#meta/object'
import { maxSurge, wantedReplicas } from './surge.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history'
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas'

/** What a ReplicaSet does not inherit from its Deployment. */
const ownAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
])

type Annotations = Readonly<Record<string, string>>

function revisionOf(set: ReplicaSet): bigint {
  return revisionIn(set.metadata.annotations)
}

/** As upstream a whole number of 64 bits; what is none counts as 0. */
function revisionIn(annotations: Annotations = {}): bigint {
  const text = annotations[revisionAnnotation] ?? ''
  return /^-?\d{1,19}$/.test(text) ? BigInt(text) : 0n
}

export function specReplicas(set: ReplicaSet): number {
  return set.spec.replicas ?? 1
}

/** Oldest first; names decide where the clock does not. */
export function oldestFirst(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const keyOf = (set: ReplicaSet) => `${set.metadata.creationTimestamp} ${set.metadata.name}`
  return [...sets].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

export type History = { readonly current: ReplicaSet | undefined; readonly old: readonly ReplicaSet[] }

/** The oldest set with the Deployment's template is the current one, whatever its name says. */
export function historyOf(deployment: Deployment, sets: readonly ReplicaSet[]): History {
  const sorted = oldestFirst(sets)
  const current = sorted.find((set) => isSameTemplate(set.spec.template, deployment.spec.template))
  return { current, old: sorted.filter((set) => set !== current) }
}

/** The number that the current template has, or gets. */
export function nextRevision(old: readonly ReplicaSet[]): bigint {
  return old.map(revisionOf).reduce((most, revision) => (revision > most ? revision : most), 0n) + 1n
}

/** The annotations of a new ReplicaSet. */
export function initialAnnotations(deployment: Deployment, revision: bigint): Annotations {
  return { ...inherited(deployment.metadata.annotations), [revisionAnnotation]: String(revision), ...sizeAnnotations(deployment) }
}

/** How large the Deployment was when the set was last scaled: what proportions are reckoned from. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const replicas = wantedReplicas(deployment)
  return { [desiredReplicasAnnotation]: String(replicas), [maxReplicasAnnotation]: String(replicas + maxSurge(deployment)) }
}

/** The current set as it should be annotated; the same object where nothing is to be changed. */
export function withCurrentRevision(deployment: Deployment, current: ReplicaSet, revision: bigint): ReplicaSet {
  const before = current.metadata.annotations ?? {}
  const annotations = { ...before, ...inherited(deployment.metadata.annotations), ...raisedRevision(before, revision) }
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0
  const isSame =
    Object.entries(annotations).every(([key, value]) => before[key] === value) && (current.spec.minReadySeconds ?? 0) === minReadySeconds
  return isSame ? current : { ...withMeta(current, { annotations }), spec: { ...current.spec, minReadySeconds } }
}

/** A template that comes back (a rollback) gets the newest number; the numbers it had are remembered. */
function raisedRevision(before: Annotations, revision: bigint): Annotations {
  const old = revisionIn(before)
  if (old >= revision) return {}
  if (old === 0n) return { [revisionAnnotation]: String(revision) }
  const history = [...(before[revisionHistoryAnnotation] ?? '').split(','), String(old)].filter((part) => part !== '')
  return { [revisionAnnotation]: String(revision), [revisionHistoryAnnotation]: [...new Set(history)].join(',') }
}

function inherited(annotations: Annotations = {}): Annotations {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !ownAnnotations.has(key)))
}

/** Old sets beyond `revisionHistoryLimit`, lowest revision first; those with pods stay. */
export function setsToForget(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit ?? Number.POSITIVE_INFINITY
  const alive = old.filter((set) => !isBeingDeleted(set))
  const surplus = Math.max(alive.length - limit, 0)
  const byRevision = [...alive].sort((a, b) => Number(revisionOf(a) - revisionOf(b)))
  const isEmpty = ({ status, metadata, ...set }: ReplicaSet) =>
    status.replicas === 0 &&
    specReplicas({ ...set, metadata, status }) === 0 &&
    (metadata.generation ?? 0) <= (status.observedGeneration ?? 0)
  return byRevision.slice(0, Number.isFinite(surplus) ? surplus : 0).filter(isEmpty)
}
