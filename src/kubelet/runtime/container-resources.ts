/** Requests and limits as what the kernel understands: shares, quota, bytes, OOM score. */

import type { Draft } from '#base/encoding/protobuf'
import type { Container, Pod } from '#kinds/core/types.gen'
import { quantityToNumber } from '#meta/quantity'
import type { LinuxContainerResources } from '#net/cri/cri.gen'

const cpuPeriodUs = 100_000
const cpuQuotaUsMin = 1000
const cpuSharesMin = 2
const cpuSharesMax = 262_144

export function linuxResourcesOf(pod: Pod, container: Container, machineMemoryBytes: number): Draft<LinuxContainerResources> {
  const { limits, requests } = container.resources ?? {}
  const cpuLimit = coresOf(limits?.['cpu'])
  const memoryLimit = amountOf(limits?.['memory'])
  return {
    cpuShares: cpuSharesOf(coresOf(requests?.['cpu'] ?? limits?.['cpu'])),
    oomScoreAdj: oomScoreAdjOf(pod, container, machineMemoryBytes),
    ...(memoryLimit === 0 ? {} : { memoryLimitInBytes: Math.floor(memoryLimit), memorySwapLimitInBytes: Math.floor(memoryLimit) }),
    ...(cpuLimit === 0 ? {} : { cpuPeriod: cpuPeriodUs, cpuQuota: cpuQuotaUsOf(cpuLimit) }),
  }
}

export function cpuSharesOf(cores: number): number {
  return Math.min(Math.max(Math.floor(cores * 1024), cpuSharesMin), cpuSharesMax)
}

export function cpuQuotaUsOf(cores: number): number {
  return Math.max(Math.floor(cores * cpuPeriodUs), cpuQuotaUsMin)
}

/** As upstream: -997 for Guaranteed, 1000 for BestEffort, in between by the share of memory asked for. */
function oomScoreAdjOf(pod: Pod, container: Container, machineMemoryBytes: number): number {
  if (pod.spec?.priorityClassName === 'system-node-critical') return -997
  if (pod.status?.qosClass === 'Guaranteed') return -997
  if (pod.status?.qosClass === 'BestEffort') return 1000
  const requested = amountOf(container.resources?.requests?.['memory'])
  const score = 1000 - Math.floor((1000 * requested) / machineMemoryBytes)
  return Math.min(Math.max(score, 3), 999)
}

function coresOf(quantity: string | undefined): number {
  return amountOf(quantity)
}

export function amountOf(quantity: string | undefined): number {
  return quantity === undefined ? 0 : quantityToNumber(quantity)
}
