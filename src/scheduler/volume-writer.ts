/** Writes what VolumeBinding decided: volumes get their claims, claims get their node; then waits for the volume controllers. */
import type { Clock } from '#base/env/clock'
import type { Client } from '#client/client'
import { deadline } from '#client/deadline'
import type { Informer } from '#client/informer'
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { VolumePlan } from './plugins/volume-binding.ts'
import { isBound } from './plugins/volume-claims.ts'
import { selectedNodeAnnotation } from './plugins/volume-match.ts'

export type VolumeWriterDeps = { readonly client: Client; readonly clock: Clock; readonly claims: Informer<PersistentVolumeClaim> }

/** Rejects when the claims are not bound in time. */
export async function bindVolumes(plan: VolumePlan, deps: VolumeWriterDeps, timeoutMs: number, signal: AbortSignal): Promise<void> {
  using limit = deadline(deps.clock, timeoutMs, 'binding volumes: timed out waiting for the condition', signal)
  for (const { volume, claim } of plan.matches) await give(volume, claim, deps.client, limit.signal)
  for (const claim of plan.toProvision) await selectNode(claim, plan.nodeName, deps.client, limit.signal)
  const claims = [...plan.matches.map(({ claim }) => claim), ...plan.toProvision]
  await Promise.all(claims.map((claim) => bound(claim, deps.claims, limit.signal)))
}

async function give(volume: PersistentVolume, claim: PersistentVolumeClaim, client: Client, signal: AbortSignal): Promise<void> {
  const { name, namespace, uid, resourceVersion } = claim.metadata
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion }
  const annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' }
  // The volume must still be as it was when it was chosen.
  const metadata = { resourceVersion: volume.metadata.resourceVersion, annotations }
  const body = { metadata, spec: { claimRef } }
  await client.patch(PersistentVolume, { name: volume.metadata.name ?? '' }, { type: 'merge', body }, signal)
}

async function selectNode({ metadata }: PersistentVolumeClaim, nodeName: string, client: Client, signal: AbortSignal): Promise<void> {
  const { name = '', namespace, resourceVersion } = metadata
  const body = { metadata: { resourceVersion, annotations: { [selectedNodeAnnotation]: nodeName } } }
  await client.patch(PersistentVolumeClaim, { name, namespace }, { type: 'merge', body }, signal)
}

function bound({ metadata: { uid } }: PersistentVolumeClaim, claims: Informer<PersistentVolumeClaim>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscriptions = new DisposableStack()
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort)
      subscriptions.dispose()
      settle()
    }
    const onAbort = () => end(() => reject(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    subscriptions.use(
      claims.subscribe(({ type, object }) => {
        if (object.metadata.uid !== uid) return
        // Not within the subscription itself: the first calls come before there is anything to dispose.
        if (type === 'deleted') queueMicrotask(() => end(() => reject(new Error('binding volumes: the persistentvolumeclaim was deleted'))))
        else if (isBound(object)) queueMicrotask(() => end(resolve))
      }),
    )
    if (signal.aborted) onAbort()
  })
}
