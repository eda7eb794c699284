/** What the Metrics API (`metrics.k8s.io`) has measured, and how amounts of it are shown. */

import type { KubeObject } from '#meta/object'
import { quantityMilliValue, quantityValue } from '#meta/quantity'
import type { Call } from '../command.ts'
import { collection } from '../describe/collections.ts'
import { CommandError } from '../errors.ts'

export type Usage = Readonly<Record<string, string>>

export type NodeMetrics = KubeObject & { readonly usage?: Usage }
export type PodMetrics = KubeObject & { readonly containers?: readonly { readonly name: string; readonly usage?: Usage }[] }

const api = { group: 'metrics.k8s.io', version: 'v1beta1' } as const

export const nodeMetrics = collection<NodeMetrics>('nodes', { ...api, scope: 'Cluster' })
export const podMetrics = collection<PodMetrics>('pods', api)

/** Throws where the server has no such API. */
export async function requireMetrics({ cluster }: Call): Promise<void> {
  const { groupVersions } = await cluster.freshCatalog()
  if (!groupVersions.some(({ group, version }) => group === api.group && version === api.version))
    throw new CommandError('Metrics API not available')
}

export type Amounts = { readonly milliCpu: number; readonly memoryBytes: number }

export function amountsOf({ cpu = '0', memory = '0' }: Usage = {}): Amounts {
  return { milliCpu: Number(quantityMilliValue(cpu)), memoryBytes: Number(quantityValue(memory)) }
}

export function sumOf(all: readonly Amounts[]): Amounts {
  return all.reduce((sum, one) => ({ milliCpu: sum.milliCpu + one.milliCpu, memoryBytes: sum.memoryBytes + one.memoryBytes }), {
    milliCpu: 0,
    memoryBytes: 0,
  })
}

export function cpuText({ milliCpu }: Amounts): string {
  return `${milliCpu}m`
}

export function memoryText({ memoryBytes }: Amounts): string {
  return `${Math.floor(memoryBytes / 2 ** 20)}Mi`
}

/** The most first, or by name. */
export function orderBy<T>(sortBy: string, amounts: (row: T) => Amounts, nameOf: (row: T) => string): (a: T, b: T) => number {
  if (!['', 'cpu', 'memory'].includes(sortBy)) throw new CommandError('--sort-by accepts only cpu or memory')
  return (a, b) => {
    if (sortBy === 'cpu') return amounts(b).milliCpu - amounts(a).milliCpu
    if (sortBy === 'memory') return amounts(b).memoryBytes - amounts(a).memoryBytes
    return nameOf(a) < nameOf(b) ? -1 : 1
  }
}
