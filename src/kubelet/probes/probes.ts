/** The probes of pods as the pod workers use them. */
import type { Pod } from '#kinds/core/types.gen'
import type { ProbeVerdicts } from '../pods/plan.ts'
import type { PodRecord } from '../runtime/records.ts'

export interface Probes {
  /** Makes the running probes fit the running containers; verdicts start anew with a new container id. */
  sync(pod: Pod, record: PodRecord): void
  verdicts(podUid: string, container: string): ProbeVerdicts
  /** Liveness and startup probes end, readiness goes on: the pod is on its way out. */
  stopLiveness(podUid: string): void
  forget(podUid: string): void
}
