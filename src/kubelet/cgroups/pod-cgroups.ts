/** Cgroups of pods, by quality of service, as upstream lays them out with the cgroupfs driver. */
import type { Pod } from '#kinds/core/types.gen'

export interface PodCgroups {
  /** Makes the pod's cgroup with its limits and returns it as the runtime's `cgroupParent`. Safe to repeat. */
  ensure(pod: Pod): Promise<string>
  /** Removes the pod's cgroup; safe where there is none. */
  remove(podUid: string): Promise<void>
}
