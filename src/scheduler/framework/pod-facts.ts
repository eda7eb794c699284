/** What scheduling needs to know of a pod, computed once when the pod is seen. */
import { assumedPodRequests, podRequests, type ResourceAmounts } from '#domain/pod-requests'
import type { Pod } from '#kinds/core/types.gen'
import type { Labels } from '#meta/labels'
import { type AffinityTerms, affinityTermsOf } from './affinity-terms.ts'
import { type HostPort, hostPortsOf } from './host-ports.ts'

export type PodFacts = {
  readonly pod: Pod
  /** `namespace/name`. */
  readonly key: string
  readonly uid: string
  readonly name: string
  readonly namespace: string
  readonly labels: Labels
  readonly priority: number
  readonly requests: ResourceAmounts
  /** Requests with amounts assumed for containers that state none: for comparing nodes only. */
  readonly assumedRequests: ResourceAmounts
  readonly hostPorts: readonly HostPort[]
  readonly affinity: AffinityTerms
  readonly isTerminating: boolean
}

export function podFactsOf(pod: Pod): PodFacts {
  const { name = '', namespace = '', uid = '', labels = {}, deletionTimestamp } = pod.metadata
  return {
    pod,
    key: `${namespace}/${name}`,
    uid,
    name,
    namespace,
    labels,
    priority: pod.spec?.priority ?? 0,
    requests: nonzero(podRequests(pod)),
    assumedRequests: assumedPodRequests(pod),
    hostPorts: hostPortsOf(pod),
    affinity: affinityTermsOf(pod),
    isTerminating: deletionTimestamp !== undefined,
  }
}

function nonzero(requests: ResourceAmounts): ResourceAmounts {
  return new Map([...requests].filter(([, amount]) => amount !== 0))
}
