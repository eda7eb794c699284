/** Keeps a volume until no claim is bound to it. */
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { type Controller, done } from '#reconcile/controller'
import { protect } from './protection.ts'

export const volumeProtection: Controller<PersistentVolume> = {
  name: 'persistentvolume-protection-controller',
  for: PersistentVolume,
  async reconcile(deps, volume, signal) {
    const isUsed = () => volume.status.phase === 'Bound'
    await protect(deps, { kind: PersistentVolume, finalizer: 'kubernetes.io/pv-protection', isUsed }, volume, signal)
    return done
  },
}
