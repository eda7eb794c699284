/** The claims of a pod, sorted by what scheduling has to do about them. Pure, over whatever lists them. */
import { storageClassNameOf } from '#domain/volume-match'
import type { PersistentVolume, PersistentVolumeClaim, Volume } from '#kinds/core/types.gen'
import type { StorageClass } from '#kinds/storage/types.gen'
import type { PodFacts } from '../framework/pod-facts.ts'
import { type Rejection, unresolvable } from '../framework/verdict.ts'

export type VolumeSources = {
  readonly claim: (namespace: string, name: string) => PersistentVolumeClaim | undefined
  readonly volume: (name: string) => PersistentVolume | undefined
  readonly volumes: () => readonly PersistentVolume[]
  readonly storageClass: (name: string) => StorageClass | undefined
}

export type PodClaims = {
  /** Names of volumes that are there already: they may keep the pod to some nodes. */
  readonly volumeNames: readonly string[]
  /** Claims that get their volume once the pod has a node. */
  readonly delayed: readonly DelayedClaim[]
}

export type DelayedClaim = { readonly claim: PersistentVolumeClaim; readonly storageClass: StorageClass }

const bindCompleted = 'pv.kubernetes.io/bind-completed'

export function claimsOf({ pod, name, namespace }: PodFacts, sources: VolumeSources): PodClaims | Rejection {
  const volumeNames: string[] = []
  const delayed: DelayedClaim[] = []
  let isWaiting = false
  for (const volume of pod.spec?.volumes ?? []) {
    const claimName = claimNameOf(volume, name)
    if (claimName === undefined) continue
    const claim = sources.claim(namespace, claimName)
    const problem = whyUnusable(claim, claimName, volume)
    if (claim === undefined || problem !== undefined) return unresolvable(problem ?? '')
    const storageClass = sources.storageClass(storageClassNameOf(claim))
    if (isBound(claim)) volumeNames.push(claim.spec?.volumeName ?? '')
    else if (!claim.spec?.volumeName && storageClass?.volumeBindingMode === 'WaitForFirstConsumer') delayed.push({ claim, storageClass })
    else isWaiting = true
  }
  return isWaiting ? unresolvable('pod has unbound immediate PersistentVolumeClaims') : { volumeNames, delayed }
}

export function isBound({ spec, metadata }: PersistentVolumeClaim): boolean {
  return Boolean(spec?.volumeName) && metadata.annotations?.[bindCompleted] !== undefined
}

/** A generic ephemeral volume has a claim that is named after the pod and the volume. */
function claimNameOf({ name, persistentVolumeClaim, ephemeral }: Volume, podName: string): string | undefined {
  return persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${podName}-${name}`)
}

function whyUnusable(claim: PersistentVolumeClaim | undefined, name: string, { ephemeral }: Volume): string | undefined {
  const quoted = JSON.stringify(name)
  if (claim === undefined && ephemeral !== undefined)
    return `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
  if (claim === undefined) return `persistentvolumeclaim ${quoted} not found`
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(claim.spec?.volumeName ?? '')}`
  return claim.metadata.deletionTimestamp === undefined ? undefined : `persistentvolumeclaim ${quoted} is being deleted`
}
