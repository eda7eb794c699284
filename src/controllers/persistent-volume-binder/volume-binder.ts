/** Keeps the phase of volumes, and takes back those whose claim is gone. */
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { keyOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, indexOn, type Result, watching } from '#reconcile/controller'
import { planVolume } from './volume-plan.ts'

const byClaim = 'claim'

export const volumeBinder: Controller<PersistentVolume> = {
  name: 'persistentvolume-controller',
  for: PersistentVolume,
  watches: [watching(PersistentVolumeClaim, keysOfClaim)],
  indexes: [indexOn(PersistentVolume, byClaim, ({ spec: { claimRef } }) => (claimRef === undefined ? [] : [keyOfClaim(claimRef)]))],
  reconcile: reconcileVolume,
}

async function reconcileVolume(deps: ControllerDeps, volume: PersistentVolume, signal: AbortSignal): Promise<Result> {
  const { client, events } = deps
  const { volume: wanted, phase, fault } = planVolume(volume, await claimOf(deps, volume, signal))
  const current = wanted === volume ? volume : await client.update(PersistentVolume, wanted, {}, signal)
  const { phase: before, message: _, reason: __, ...status } = current.status
  if (before === phase) return done
  const told = fault === undefined ? {} : { message: fault.message }
  await client.updateStatus(PersistentVolume, { ...current, status: { ...status, phase, ...told } }, signal)
  if (fault !== undefined) events.event(current, 'Warning', fault.reason, fault.message)
  return done
}

/** Before data may be lost the server itself is asked: the cache may not have the claim yet. */
async function claimOf(
  { cache, client }: ControllerDeps,
  { spec: { claimRef } }: PersistentVolume,
  signal: AbortSignal,
): Promise<PersistentVolumeClaim | undefined> {
  if (!claimRef?.uid) return undefined
  const ref = { name: claimRef.name ?? '', namespace: claimRef.namespace }
  const held = cache(PersistentVolumeClaim).get(keyOf(ref))
  if (held?.metadata.uid === claimRef.uid) return held
  const live = await ignoreNotFound(client.get(PersistentVolumeClaim, ref, signal))
  return live?.metadata.uid === claimRef.uid ? live : undefined
}

function keysOfClaim(
  { metadata: { name = '', namespace }, spec }: PersistentVolumeClaim,
  _old: PersistentVolumeClaim | undefined,
  { cache }: ControllerDeps,
): readonly string[] {
  const holding = cache(PersistentVolume).byIndex(byClaim, keyOf({ name, namespace }))
  return [...holding.map(({ metadata }) => metadata.name ?? ''), ...(spec.volumeName ? [spec.volumeName] : [])]
}

function keyOfClaim({ name = '', namespace }: { readonly name?: string; readonly namespace?: string }): string {
  return keyOf({ name, namespace })
}
