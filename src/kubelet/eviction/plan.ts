/**
 * Which pod has to go when the node runs out of something. Pure: from the node's signals and the pods' use to a
 * decision. One pod at a time: what it gives back may be enough.
 */
import type { Pod } from '#kinds/core/types.gen'
import { formatQuantity } from '#meta/quantity'
import type { Pressure } from '../node/node-object.ts'
import { amountOf } from '../runtime/container-resources.ts'

export type Signal = 'memory.available' | 'nodefs.available' | 'nodefs.inodesFree'
export type SignalReading = { readonly available: number; readonly capacity: number }
/** A share of the capacity, or an amount. */
export type Threshold = { readonly signal: Signal; readonly share?: number; readonly amount?: number }

/** Upstream's default hard thresholds. */
export const thresholdsDefault: readonly Threshold[] = [
  { signal: 'memory.available', amount: 100 << 20 },
  { signal: 'nodefs.available', share: 0.1 },
  { signal: 'nodefs.inodesFree', share: 0.05 },
]

const pressures: Readonly<Record<Signal, Pressure>> = {
  'memory.available': 'MemoryPressure',
  'nodefs.available': 'DiskPressure',
  'nodefs.inodesFree': 'DiskPressure',
}
const resources: Readonly<Record<Signal, string>> = {
  'memory.available': 'memory',
  'nodefs.available': 'ephemeral-storage',
  'nodefs.inodesFree': 'inodes',
}

export type ContainerUse = { readonly name: string; readonly memoryBytes: number; readonly diskBytes: number; readonly inodes: number }
export type PodUse = { readonly pod: Pod; readonly containers: readonly ContainerUse[] }
export type MetThreshold = { readonly threshold: Threshold; readonly limit: number; readonly available: number }

export function metThresholds(
  readings: Readonly<Record<Signal, SignalReading>>,
  thresholds: readonly Threshold[],
): readonly MetThreshold[] {
  return thresholds.flatMap((threshold) => {
    const { available, capacity } = readings[threshold.signal]
    const limit = threshold.amount ?? Math.floor(capacity * (threshold.share ?? 0))
    return capacity > 0 && available < limit ? [{ threshold, limit, available }] : []
  })
}

export function pressureOf({ threshold }: MetThreshold): Pressure {
  return pressures[threshold.signal]
}

export function resourceOf({ threshold }: MetThreshold): string {
  return resources[threshold.signal]
}

/** Memory first: the kernel is near to killing at random. */
export function mostUrgent(met: readonly MetThreshold[]): MetThreshold | undefined {
  return met.find(({ threshold }) => threshold.signal === 'memory.available') ?? met[0]
}

/** The pod to evict, or undefined where none may be. As upstream: who uses more than asked for, then priority, then by how much. */
export function victimOf(met: MetThreshold, pods: readonly PodUse[]): PodUse | undefined {
  const { signal } = met.threshold
  const excessOf = (use: PodUse) => sumOf(use, signal) - requestOf(use.pod, signal)
  const candidates = pods.filter(({ pod }) => !isCritical(pod))
  return candidates.toSorted(
    (one, other) =>
      Number(excessOf(other) > 0) - Number(excessOf(one) > 0) ||
      priorityOf(one.pod) - priorityOf(other.pod) ||
      excessOf(other) - excessOf(one),
  )[0]
}

/** In upstream's words. */
export function evictionMessage(met: MetThreshold, { pod, containers }: PodUse): string {
  const { signal } = met.threshold
  const resource = resources[signal]
  const quantity = (amount: number) =>
    formatQuantity({ nano: BigInt(Math.floor(amount)) * 1_000_000_000n, family: signal === 'nodefs.inodesFree' ? 'decimal' : 'binary' })
  const head = `The node was low on resource: ${resource}. Threshold quantity: ${quantity(met.limit)}, available: ${quantity(met.available)}. `
  const greedy = containers.flatMap((use) => {
    const requests = pod.spec?.containers.find(({ name }) => name === use.name)?.resources?.requests
    const used = useOf(use, signal)
    const requested = amountOf(requests?.[resource])
    return used <= requested
      ? []
      : [`Container ${use.name} was using ${quantity(used)}, request is ${quantity(requested)}, has larger consumption of ${resource}. `]
  })
  return head + greedy.join('')
}

function useOf(use: ContainerUse, signal: Signal): number {
  switch (signal) {
    case 'memory.available':
      return use.memoryBytes
    case 'nodefs.available':
      return use.diskBytes
    case 'nodefs.inodesFree':
      return use.inodes
  }
}

function sumOf({ containers }: PodUse, signal: Signal): number {
  return containers.reduce((sum, use) => sum + useOf(use, signal), 0)
}

function requestOf(pod: Pod, signal: Signal): number {
  return (pod.spec?.containers ?? []).reduce((sum, container) => sum + amountOf(container.resources?.requests?.[resources[signal]]), 0)
}

function priorityOf(pod: Pod): number {
  return pod.spec?.priority ?? 0
}

/** Upstream's system-critical priorities: the node needs these pods to live. */
const criticalPriorityMin = 2_000_000_000

function isCritical(pod: Pod): boolean {
  return priorityOf(pod) >= criticalPriorityMin
}
