/** Keeps a claim until no pod on a node uses it. */
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { keyOf } from '#meta/object'
import { type Controller, done, indexOn, watching } from '#reconcile/controller'
import { claimNamesOf } from '../pod-claims.ts'
import { protect } from './protection.ts'

const byClaim = 'claim'

export const claimProtection: Controller<PersistentVolumeClaim> = {
  name: 'persistentvolumeclaim-protection-controller',
  for: PersistentVolumeClaim,
  watches: [watching(Pod, (pod, old) => [...claimKeysOf(pod), ...(old === undefined ? [] : claimKeysOf(old))])],
  indexes: [indexOn(Pod, byClaim, claimKeysOf)],
  async reconcile({ cache, client, ...deps }, claim, signal) {
    const { name = '', namespace } = claim.metadata
    const key = keyOf({ name, namespace })
    const isUsed = async () => {
      if (cache(Pod).byIndex(byClaim, key).some(isPlaced)) return true
      // The cache may be behind, and a claim that is gone cannot be brought back.
      const pods = await client.list(Pod, { namespace }, signal)
      return pods.items.some((pod) => isPlaced(pod) && claimKeysOf(pod).includes(key))
    }
    await protect(
      { cache, client, ...deps },
      { kind: PersistentVolumeClaim, finalizer: 'kubernetes.io/pvc-protection', isUsed },
      claim,
      signal,
    )
    return done
  },
}

/** A pod without a node is not started with a claim that is on its way out: it does not hold it up. */
function isPlaced({ spec }: Pod): boolean {
  return Boolean(spec.nodeName)
}

function claimKeysOf(pod: Pod): readonly string[] {
  return claimNamesOf(pod).map((name) => keyOf({ name, namespace: pod.metadata.namespace }))
}
