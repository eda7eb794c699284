/** Looks at the node's memory and disk again and again, tells of pressure, and has a pod evicted while it lasts. */
import { join } from 'node:path'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Node, Pod } from '#kinds/core/types.gen'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { Pressure } from '../node/node-object.ts'
import { podDirsOf } from '../pods/pod-dirs.ts'
import { readNodeUsage } from '../stats/node-usage.ts'
import type { UsageReader } from '../stats/usage-reader.ts'
import {
  evictionMessage,
  type MetThreshold,
  metThresholds,
  mostUrgent,
  type PodUse,
  pressureOf,
  resourceOf,
  thresholdsDefault,
  victimOf,
} from './plan.ts'
import { bytesBelow, hasStorageLimit, limitedVolumesOf, storageExcessOf } from './storage-limits.ts'

export type EvictionDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly events: EventRecorder
  readonly usage: UsageReader
  readonly rootDir: string
  readonly pods: () => readonly Pod[]
  readonly node: () => Node | undefined
  /** Ends the pod for good: its status says `Failed`, with this reason. */
  readonly evict: (podUid: string, failure: { readonly reason: string; readonly message: string }, graceSeconds: number) => void
  /** The set of pressures is another one now. */
  readonly onPressure: () => void
}

const intervalMs = 10_000
/** Pressure is told for so long after it has gone: pods must not come back at once. */
const transitionMs = 300_000
/** As upstream: at a hard threshold there is no time for more. */
const graceSeconds = 1

export class EvictionWatch {
  readonly #deps: EvictionDeps
  readonly #lastMetMs = new Map<Pressure, number>()
  #pressures: ReadonlySet<Pressure> = new Set()

  constructor(deps: EvictionDeps) {
    this.#deps = deps
  }

  get pressures(): ReadonlySet<Pressure> {
    return this.#pressures
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look()
      } catch (error) {
        this.#deps.log.warn('cannot tell what the node has left', { error })
      }
      await sleep(this.#deps.clock, intervalMs, signal).catch(() => undefined)
    }
  }

  async look(): Promise<void> {
    const { memory, fs } = await readNodeUsage(this.#deps.rootDir)
    const readings = {
      'memory.available': { available: memory.availableBytes, capacity: memory.totalBytes },
      'nodefs.available': { available: fs.availableBytes, capacity: fs.capacityBytes },
      'nodefs.inodesFree': { available: fs.inodesFree, capacity: fs.inodes },
    }
    const met = metThresholds(readings, thresholdsDefault)
    this.#notePressure(met)
    const urgent = mostUrgent(met)
    if (urgent === undefined && !this.#deps.pods().some(hasStorageLimit)) return
    const uses = (await this.#deps.usage.read()).pods.map(podUseOf)
    if (urgent !== undefined) this.#evictFor(urgent, uses)
    else await this.#enforceStorageLimits(uses)
  }

  #notePressure(met: readonly MetThreshold[]): void {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const one of met) this.#lastMetMs.set(pressureOf(one), nowMs)
    const lasting = [...this.#lastMetMs].filter(([, lastMs]) => nowMs - lastMs < transitionMs).map(([pressure]) => pressure)
    const isSame = lasting.length === this.#pressures.size && lasting.every((pressure) => this.#pressures.has(pressure))
    this.#pressures = new Set(lasting)
    if (!isSame) this.#deps.onPressure()
  }

  #evictFor(urgent: MetThreshold, uses: readonly PodUse[]): void {
    const node = this.#deps.node()
    if (node !== undefined) this.#deps.events.event(node, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resourceOf(urgent)}`)
    const victim = victimOf(urgent, uses)
    if (victim !== undefined) this.#evict(victim.pod, evictionMessage(urgent, victim), graceSeconds)
  }

  async #enforceStorageLimits(uses: readonly PodUse[]): Promise<void> {
    for (const use of uses) {
      const directory = join(podDirsOf(this.#deps.rootDir, use.pod.metadata.uid ?? '').volumes, 'kubernetes.io~empty-dir')
      const sizes = new Map<string, number>()
      for (const name of limitedVolumesOf(use.pod)) sizes.set(name, await bytesBelow(join(directory, name)))
      const excess = storageExcessOf(use, sizes)
      if (excess !== undefined) this.#evict(use.pod, excess, graceSeconds)
    }
  }

  #evict(pod: Pod, message: string, grace: number): void {
    this.#deps.log.info('pod evicted', { pod: pod.metadata.name, namespace: pod.metadata.namespace, message })
    this.#deps.events.event(pod, 'Warning', 'Evicted', message)
    this.#deps.evict(pod.metadata.uid ?? '', { reason: 'Evicted', message }, grace)
  }
}

function podUseOf({
  pod,
  containers,
}: {
  readonly pod: Pod
  readonly containers: Awaited<ReturnType<UsageReader['read']>>['pods'][number]['containers']
}): PodUse {
  return {
    pod,
    containers: containers.map(({ record, memory, writtenBytes, writtenInodes }) => ({
      name: record.name,
      memoryBytes: memory.workingSetBytes,
      diskBytes: writtenBytes,
      inodes: writtenInodes,
    })),
  }
}
