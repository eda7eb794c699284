/** What the node and its containers use now. Rates come from the difference to the reading before. */
import type { Clock } from '#base/env/clock'
import type { Pod } from '#kinds/core/types.gen'
import type { CriClient } from '#net/cri/client'
import type { ContainerStats } from '#net/cri/cri.gen'
import { type ContainerRecord, newestOf, type PodRecord } from '../runtime/records.ts'
import { type FsUsage, type NodeUsage, readFsUsage, readNodeUsage } from './node-usage.ts'

export type CpuUsage = { readonly timeMs: number; readonly nanoseconds: number; readonly nanoCores: number | undefined }
export type ContainerUsage = {
  readonly record: ContainerRecord
  readonly cpu: CpuUsage
  readonly memory: {
    readonly timeMs: number
    readonly usageBytes: number
    readonly workingSetBytes: number
    readonly rssBytes: number
    readonly pageFaults: number
    readonly majorPageFaults: number
  }
  readonly writtenBytes: number
  readonly writtenInodes: number
}
export type PodUsage = { readonly pod: Pod; readonly containers: readonly ContainerUsage[] }
export type Usage = {
  readonly timeMs: number
  readonly node: NodeUsage & { readonly nanoCores: number | undefined }
  readonly pods: readonly PodUsage[]
  readonly imageFs: FsUsage
}

export type UsageReaderDeps = {
  readonly clock: Clock
  readonly cri: CriClient
  readonly rootDir: string
  readonly pods: () => readonly Pod[]
  readonly recordOf: (podUid: string) => PodRecord | undefined
}

type Sample = { readonly timeMs: number; readonly nanoseconds: number; readonly nanoCores: number | undefined }

const callTimeoutMs = 30_000
/** Readings closer together than this share a rate: the difference would be noise. */
const rateIntervalMsMin = 1000

export class UsageReader {
  readonly #deps: UsageReaderDeps
  #samples = new Map<string, Sample>()

  constructor(deps: UsageReaderDeps) {
    this.#deps = deps
  }

  async read(): Promise<Usage> {
    const { clock, cri, rootDir } = this.#deps
    const [node, imageFs, { stats }] = await Promise.all([
      readNodeUsage(rootDir),
      this.#imageFs(),
      cri.runtime.listContainerStats({}, { timeoutMs: callTimeoutMs }),
    ])
    const timeMs = clock.nowMs()
    const samples = new Map<string, Sample>()
    const rateOf = (id: string, atMs: number, nanoseconds: number) => {
      const sample = nextSample(this.#samples.get(id), atMs, nanoseconds)
      samples.set(id, sample)
      return sample.nanoCores
    }
    const byId = new Map(stats.map((one) => [one.attributes?.id ?? '', one]))
    const pods = this.#deps.pods().map((pod) => ({ pod, containers: this.#containersOf(pod, byId, rateOf) }))
    const nanoCores = rateOf('', timeMs, node.cpuNanoseconds)
    this.#samples = samples
    return { timeMs, node: { ...node, nanoCores }, pods, imageFs }
  }

  #containersOf(
    pod: Pod,
    byId: ReadonlyMap<string, ContainerStats>,
    rateOf: (id: string, atMs: number, nanoseconds: number) => number | undefined,
  ): readonly ContainerUsage[] {
    const record = this.#deps.recordOf(pod.metadata.uid ?? '')
    if (record === undefined) return []
    const names = new Set(record.containers.map(({ name }) => name))
    return [...names].flatMap((name) => {
      const container = newestOf(record, name)
      const stats = container === undefined ? undefined : byId.get(container.id)
      if (container === undefined || stats?.cpu === undefined || container.state !== 'running') return []
      const timeMs = Number(stats.cpu.timestamp / 1_000_000n)
      const nanoseconds = Number(stats.cpu.usageCoreNanoSeconds?.value ?? 0n)
      return [usageOf(container, stats, { timeMs, nanoseconds, nanoCores: rateOf(container.id, timeMs, nanoseconds) })]
    })
  }

  async #imageFs(): Promise<FsUsage> {
    const { imageFilesystems } = await this.#deps.cri.images.imageFsInfo({}, { timeoutMs: callTimeoutMs })
    const path = imageFilesystems[0]?.fsId?.mountpoint ?? this.#deps.rootDir
    const used = Number(imageFilesystems[0]?.usedBytes?.value ?? 0n)
    return { ...(await readFsUsage(path).catch(() => readFsUsage(this.#deps.rootDir))), usedBytes: used }
  }
}

function usageOf(record: ContainerRecord, { memory, writableLayer }: ContainerStats, cpu: CpuUsage): ContainerUsage {
  return {
    record,
    cpu,
    memory: {
      timeMs: Number((memory?.timestamp ?? 0n) / 1_000_000n),
      usageBytes: Number(memory?.usageBytes?.value ?? memory?.workingSetBytes?.value ?? 0n),
      workingSetBytes: Number(memory?.workingSetBytes?.value ?? 0n),
      rssBytes: Number(memory?.rssBytes?.value ?? 0n),
      pageFaults: Number(memory?.pageFaults?.value ?? 0n),
      majorPageFaults: Number(memory?.majorPageFaults?.value ?? 0n),
    },
    writtenBytes: Number(writableLayer?.usedBytes?.value ?? 0n),
    writtenInodes: Number(writableLayer?.inodesUsed?.value ?? 0n),
  }
}

function nextSample(last: Sample | undefined, timeMs: number, nanoseconds: number): Sample {
  if (last === undefined || nanoseconds < last.nanoseconds) return { timeMs, nanoseconds, nanoCores: undefined }
  const passedMs = timeMs - last.timeMs
  if (passedMs < rateIntervalMsMin) return last
  return { timeMs, nanoseconds, nanoCores: Math.round(((nanoseconds - last.nanoseconds) * 1000) / passedMs) }
}
