/** The whole status of a pod: what the kubelet writes to the API server. Pure. */
import { rfc3339 } from '#base/env/clock'
import type { Container, Pod, PodStatus } from '#kinds/core/types.gen'
import type { PodRecord } from '../runtime/records.ts'
import { conditionsOf, type ResizeCondition } from './conditions.ts'
import { containerStatusOf, type StatusFacts, type WaitingReason } from './container-status.ts'
import { type Phase, phaseOf } from './phase.ts'

export type PodStatusFacts = Omit<StatusFacts, 'last'> & {
  readonly nowMs: number
  readonly hostIps: readonly string[]
  readonly resize: readonly ResizeCondition[]
  /** Set when the pod was ended by the node and not by its containers: `Evicted`, `DeadlineExceeded`. */
  readonly failure?: WaitingReason
  /** All containers are down and will stay so: the phase is final. */
  readonly isStopped: boolean
}

export function podStatusOf(pod: Pod, record: PodRecord, facts: PodStatusFacts): PodStatus {
  const last = pod.status ?? {}
  const statusesOf = (containers: readonly Container[], before: PodStatus['containerStatuses'], isInit: boolean) =>
    containers.map((container) => containerStatusOf(pod, container, isInit, record, { ...facts, last: before ?? [] }))
  const initStatuses = statusesOf(pod.spec?.initContainers ?? [], last.initContainerStatuses, true)
  const statuses = statusesOf(pod.spec?.containers ?? [], last.containerStatuses, false)
  const ephemeral = statusesOf(pod.spec?.ephemeralContainers ?? [], last.ephemeralContainerStatuses, false)
  const hasSucceeded = [...initStatuses.filter((status) => status.state?.terminated), ...statuses].every(
    (status) => status.state?.terminated?.exitCode === 0,
  )
  const phase = finalPhase(phaseOf(pod, initStatuses, statuses), last.phase, hasSucceeded, facts)
  const now = rfc3339(facts.nowMs)
  const sandbox = record.sandboxes[0]
  const podIps = pod.spec?.hostNetwork ? facts.hostIps : (sandbox?.ips ?? [])
  const knownIps = podIps.length > 0 ? podIps : isFinal(phase) || facts.isTerminating ? (last.podIPs ?? []).map(({ ip }) => ip) : []
  return {
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    phase,
    conditions: conditionsOf(pod, { phase, initStatuses, statuses, hasNetwork: sandbox?.isReady === true, resize: facts.resize, now }),
    ...(facts.failure === undefined ? {} : { reason: facts.failure.reason, message: facts.failure.message }),
    ...(last.nominatedNodeName === undefined ? {} : { nominatedNodeName: last.nominatedNodeName }),
    hostIP: facts.hostIps[0] ?? '',
    hostIPs: facts.hostIps.map((ip) => ({ ip })),
    ...(knownIps.length === 0 ? {} : { podIP: knownIps[0], podIPs: knownIps.map((ip) => ({ ip })) }),
    startTime: last.startTime ?? now,
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    ...(last.qosClass === undefined ? {} : { qosClass: last.qosClass }),
    ...(last.resourceClaimStatuses === undefined ? {} : { resourceClaimStatuses: last.resourceClaimStatuses }),
  }
}

/** A final phase never changes again; a pod that was stopped has one. */
function finalPhase(phase: Phase, last: string | undefined, hasSucceeded: boolean, facts: PodStatusFacts): Phase {
  if (last === 'Failed' || last === 'Succeeded') return last
  if (facts.failure !== undefined) return 'Failed'
  return facts.isStopped ? (hasSucceeded ? 'Succeeded' : 'Failed') : phase
}

export function isFinal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}
