/** What becomes of a claim: it gets a volume, waits for one, or has lost it. Pure. */
import { isMeantFor, matchingVolume, mismatchOf, storageClassNameOf } from '#domain/volume-match'
import type { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { StorageClass } from '#kinds/storage/storage-class.kind'
import { isBeingDeleted } from '#meta/object'
import { isBindCompleted, isBoundByController } from './binding.ts'

export type Told = { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }

export type ClaimPlan =
  | { readonly do: 'bind'; readonly volume: PersistentVolume }
  /** `provisioner` is asked to make a volume, `storageClassName` is what the claim gets for want of one of its own. */
  | { readonly do: 'wait'; readonly told?: Told; readonly provisioner?: string; readonly storageClassName?: string }
  | { readonly do: 'lose'; readonly told: Told }

export type Storage = {
  readonly volumes: readonly PersistentVolume[]
  readonly classes: readonly StorageClass[]
}

const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node'
const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class'
const inTreePrefix = 'kubernetes.io/'

export function planClaim(claim: PersistentVolumeClaim, storage: Storage): ClaimPlan {
  if (isBindCompleted(claim)) return planBound(claim, storage)
  if (isBeingDeleted(claim)) return { do: 'wait' }
  return claim.spec.volumeName ? planChosen(claim, claim.spec.volumeName, storage) : planUnbound(claim, storage)
}

function planBound(claim: PersistentVolumeClaim, { volumes }: Storage): ClaimPlan {
  const { volumeName } = claim.spec
  if (!volumeName) return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  const volume = volumes.find(({ metadata }) => metadata.name === volumeName)
  if (volume === undefined) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  const { claimRef } = volume.spec
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return { do: 'bind', volume }
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
}

/** The user wants this volume and no other. */
function planChosen(claim: PersistentVolumeClaim, volumeName: string, { volumes }: Storage): ClaimPlan {
  const volume = volumes.find(({ metadata }) => metadata.name === volumeName)
  if (volume === undefined) return { do: 'wait' }
  if (volume.spec.claimRef !== undefined) {
    if (isMeantFor(volume, claim)) return { do: 'bind', volume }
    if (isBoundByController(claim)) return { do: 'wait' }
    return waiting('Warning', 'FailedBinding', `volume "${volumeName}" already bound to a different claim.`)
  }
  const mismatch = mismatchOf(volume, claim)
  if (mismatch === undefined) return { do: 'bind', volume }
  return waiting('Warning', 'VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${mismatch}`)
}

function planUnbound(claim: PersistentVolumeClaim, { volumes, classes }: Storage): ClaimPlan {
  const className = storageClassNameOf(claim)
  const storageClass = classes.find(({ metadata }) => metadata.name === className)
  const delays = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  // A claim that waits for its first pod gets its volume from the scheduler, unless one is meant for it.
  const candidates = delays ? volumes.filter((volume) => isMeantFor(volume, claim)) : volumes
  const volume = matchingVolume(claim, candidates, () => true)
  if (volume !== undefined) return { do: 'bind', volume }
  if (delays && claim.metadata.annotations?.[selectedNodeAnnotation] === undefined)
    return waiting('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
  if (className !== '') return planProvisioning(className, storageClass)
  const fallback = claim.spec.storageClassName === undefined ? defaultClass(classes) : undefined
  if (fallback !== undefined) return { do: 'wait', storageClassName: fallback.metadata.name ?? '' }
  return waiting('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
}

/** Volumes are made by others: they are told by an annotation. */
function planProvisioning(className: string, storageClass: StorageClass | undefined): ClaimPlan {
  if (storageClass === undefined) return waiting('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`)
  const { provisioner = '' } = storageClass
  if (provisioner.startsWith(inTreePrefix)) return waiting('Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`)
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ` +
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
  return { do: 'wait', provisioner, told: { type: 'Normal', reason: 'ExternalProvisioning', message } }
}

/** Of several default classes the youngest. */
function defaultClass(classes: readonly StorageClass[]): StorageClass | undefined {
  const defaults = classes.filter(({ metadata }) => metadata.annotations?.[defaultClassAnnotation] === 'true')
  const rankOf = ({ metadata }: StorageClass) => metadata.creationTimestamp ?? ''
  return defaults.toSorted((a, b) => (rankOf(a) > rankOf(b) ? -1 : 1))[0]
}

function lost(reason: string, message: string): ClaimPlan {
  return { do: 'lose', told: { type: 'Warning', reason, message } }
}

function waiting(type: Told['type'], reason: string, message: string): ClaimPlan {
  return { do: 'wait', told: { type, reason, message } }
}
