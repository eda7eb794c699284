/** The volumes of pods as the pod workers use them. */
import type { Pod } from '#kinds/core/types.gen'

/** A volume that is ready to be mounted into a container. */
export type MountedVolume = {
  readonly hostPath: string
  readonly isReadOnly: boolean
}

export interface Volumes {
  /**
   * Makes every volume of the pod ready, and keeps configMap, secret, downwardAPI and projected ones fresh from then on.
   * Safe to repeat. Rejects with a StartError (`FailedMount`) that names the volume and what it waits for.
   */
  mount(pod: Pod, signal: AbortSignal): Promise<ReadonlyMap<string, MountedVolume>>
  /** Ends refreshing, unmounts, removes the pod's volume directories. Safe to repeat, also for pods of an earlier run. */
  unmount(podUid: string): Promise<void>
  /** Pods that have directories on this machine. */
  podUids(): Promise<readonly string[]>
}
