/** What a pod's cgroup is given: CPU shares, CPU quota, memory limit. Pure. */
import type { Container, Pod, ResourceRequirements } from '#kinds/core/types.gen'
import { amountOf, cpuQuotaUsOf, cpuSharesOf } from '../runtime/container-resources.ts'

export type PodCgroupSettings = {
  readonly cpuShares: number
  /** Absent where a container may take all CPU that is free. */
  readonly cpuQuotaUs?: number
  /** Absent where a container has no memory limit. */
  readonly memoryLimitBytes?: number
}

export const cpuPeriodUs = 100_000
export const cpuSharesMin = 2

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

export function qosClassOf(pod: Pod): QosClass {
  const written = pod.status?.qosClass
  return written === 'Guaranteed' || written === 'BestEffort' ? written : 'Burstable'
}

export function podCgroupSettingsOf(pod: Pod): PodCgroupSettings {
  if (qosClassOf(pod) === 'BestEffort') return { cpuShares: cpuSharesMin }
  const cpuLimit = podAmount(pod, 'limits', 'cpu')
  const memoryLimit = podAmount(pod, 'limits', 'memory')
  return {
    cpuShares: cpuSharesOf(podAmount(pod, 'requests', 'cpu') ?? requestedBySome(pod, 'cpu')),
    ...(cpuLimit === undefined ? {} : { cpuQuotaUs: cpuQuotaUsOf(cpuLimit) }),
    ...(memoryLimit === undefined ? {} : { memoryLimitBytes: Math.floor(memoryLimit) }),
  }
}

type Side = keyof Pick<ResourceRequirements, 'limits' | 'requests'>

/**
 * The most that the pod can need at one time: main containers and sidecars together, or a plain init container beside
 * the sidecars before it. Undefined where one of the containers has no figure.
 */
function podAmount(pod: Pod, side: Side, resource: string): number | undefined {
  const own = pod.spec?.resources?.[side]?.[resource]
  if (own !== undefined) return amountOf(own)
  const containers = allContainers(pod)
  if (!containers.every((container) => amountOf(container.resources?.[side]?.[resource]) > 0)) return undefined
  return peakOf(pod, side, resource) + overheadOf(pod, resource)
}

function requestedBySome(pod: Pod, resource: string): number {
  return peakOf(pod, 'requests', resource) + overheadOf(pod, resource)
}

function peakOf(pod: Pod, side: Side, resource: string): number {
  let sidecarSum = 0
  let initPeak = 0
  for (const container of pod.spec?.initContainers ?? []) {
    const amount = amountOf(container.resources?.[side]?.[resource])
    initPeak = Math.max(initPeak, sidecarSum + amount)
    if (container.restartPolicy === 'Always') sidecarSum += amount
  }
  const mainSum = (pod.spec?.containers ?? []).reduce((sum, container) => sum + amountOf(container.resources?.[side]?.[resource]), 0)
  return Math.max(initPeak, sidecarSum + mainSum)
}

function overheadOf(pod: Pod, resource: string): number {
  return amountOf(pod.spec?.overhead?.[resource])
}

function allContainers(pod: Pod): readonly Container[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
}

/** Shares (v1, 2 to 262144) as weight (v2, 1 to 10000). As upstream. */
export function cpuWeightOf(cpuShares: number): number {
  return Math.floor(1 + ((cpuShares - cpuSharesMin) * 9999) / 262_142)
}
