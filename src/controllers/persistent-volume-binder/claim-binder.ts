/** Finds volumes for claims, and ties the two. */
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { isSameValue } from '#kinds/same-value'
import { StorageClass } from '#kinds/storage/storage-class.kind'
import { keyOf, refOf, withMeta } from '#meta/object'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { boundClaimStatus, holdingClaim, holdingVolume, isBindCompleted } from './binding.ts'
import { type ClaimPlan, planClaim } from './claim-plan.ts'

export const claimBinder: Controller<PersistentVolumeClaim> = {
  name: 'persistentvolume-controller',
  for: PersistentVolumeClaim,
  watches: [watching(PersistentVolume, keysOfVolume), watching(StorageClass, (_class, _old, deps) => keysOfUnbound(deps))],
  // Claims that look for a volume at the same time would all find the same one.
  workerCount: 1,
  reconcile: reconcileClaim,
}

async function reconcileClaim(deps: ControllerDeps, claim: PersistentVolumeClaim, signal: AbortSignal): Promise<Result> {
  const storage = { volumes: deps.cache(PersistentVolume).list(), classes: deps.cache(StorageClass).list() }
  const plan = planClaim(claim, storage)
  switch (plan.do) {
    case 'bind':
      await bind(deps, claim, plan.volume, signal)
      return done
    case 'wait':
      await wait(deps, claim, plan, signal)
      return done
    case 'lose':
      await writePhase(deps, claim, 'Lost', signal)
      if (claim.status.phase !== 'Lost') deps.events.event(claim, plan.told.type, plan.told.reason, plan.told.message)
      return done
  }
}

/** The volume first: as long as it does not hold the claim, somebody else may take it. */
async function bind(
  { client }: ControllerDeps,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<void> {
  const held = holdingClaim(volume, claim)
  const taken = held === volume ? volume : await client.update(PersistentVolume, held, {}, signal)
  if (taken.status.phase !== 'Bound')
    await client.updateStatus(PersistentVolume, { ...taken, status: { ...taken.status, phase: 'Bound' } }, signal)
  const holding = holdingVolume(claim, taken)
  const bound = holding === claim ? claim : await client.update(PersistentVolumeClaim, holding, {}, signal)
  const status = boundClaimStatus(bound, taken)
  if (!isSameValue(status, bound.status)) await client.updateStatus(PersistentVolumeClaim, { ...bound, status }, signal)
}

// As upstream, the older name is written beside the newer one.
const provisionerAnnotations = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner']

async function wait(
  deps: ControllerDeps,
  claim: PersistentVolumeClaim,
  { told, provisioner, storageClassName }: Extract<ClaimPlan, { do: 'wait' }>,
  signal: AbortSignal,
): Promise<void> {
  const { client, events } = deps
  if (told !== undefined) events.event(claim, told.type, told.reason, told.message)
  const classed = storageClassName === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName } }
  const asked = provisioner === undefined ? {} : Object.fromEntries(provisionerAnnotations.map((name) => [name, provisioner]))
  const annotations = { ...claim.metadata.annotations, ...asked }
  const wanted = withMeta(classed, { annotations })
  const isSame = classed === claim && isSameValue(annotations, claim.metadata.annotations ?? {})
  const current = isSame ? claim : await client.update(PersistentVolumeClaim, wanted, {}, signal)
  await writePhase(deps, current, 'Pending', signal)
}

async function writePhase({ client }: ControllerDeps, claim: PersistentVolumeClaim, phase: string, signal: AbortSignal): Promise<void> {
  if (claim.status.phase === phase) return
  const { capacity: _, accessModes: __, ...rest } = claim.status
  await client.updateStatus(PersistentVolumeClaim, { ...claim, status: { ...rest, phase } }, signal)
}

/** A volume that nobody holds may be what any unbound claim waits for. */
function keysOfVolume(volume: PersistentVolume, _old: PersistentVolume | undefined, deps: ControllerDeps): readonly string[] {
  const { claimRef } = volume.spec
  const named = deps
    .cache(PersistentVolumeClaim)
    .list()
    .filter(({ spec }) => spec.volumeName === volume.metadata.name)
    .map((claim) => keyOf(refOf(claim)))
  const meant = claimRef === undefined ? [] : [keyOf({ name: claimRef.name ?? '', namespace: claimRef.namespace })]
  return [...named, ...meant, ...(claimRef === undefined ? keysOfUnbound(deps) : [])]
}

function keysOfUnbound({ cache }: ControllerDeps): readonly string[] {
  const claims = cache(PersistentVolumeClaim).list()
  return claims.filter((claim) => !isBindCompleted(claim)).map((claim) => keyOf(refOf(claim)))
}
