/** Makes the claims of generic ephemeral volumes. They belong to their pod, and go with it. */
import { isPodFinished } from '#domain/pod-phase'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { controllerOf, isBeingDeleted, keyOf, refOf } from '#meta/object'
import { type Controller, type ControllerDeps, done, type Result } from '#reconcile/controller'
import { ephemeralClaims } from './ephemeral-claims.ts'

export const ephemeralVolumeController: Controller<Pod> = {
  name: 'ephemeral_volume',
  for: Pod,
  owns: [PersistentVolumeClaim],
  reconcile: reconcilePod,
}

async function reconcilePod({ cache, client, events }: ControllerDeps, pod: Pod, signal: AbortSignal): Promise<Result> {
  if (isBeingDeleted(pod) || isPodFinished(pod)) return done
  for (const claim of ephemeralClaims(pod)) {
    const held = cache(PersistentVolumeClaim).get(keyOf(refOf(claim)))
    if (held === undefined) await client.create(PersistentVolumeClaim, claim, {}, signal)
    // A claim of somebody else has data that are not the pod's: the kubelet refuses it too.
    else if (controllerOf(held)?.uid !== pod.metadata.uid) {
      const text = `PVC ${keyOf(refOf(held))} was not created for pod ${keyOf(refOf(pod))} (pod is not owner)`
      events.event(pod, 'Warning', 'ConflictingPersistentVolumeClaim', text)
    }
  }
  return done
}
