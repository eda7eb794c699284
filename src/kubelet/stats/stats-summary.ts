/** `/stats/summary`: usage in the shape that upstream gives it. */
import { rfc3339 } from '#base/env/clock'
import type { FsUsage } from './node-usage.ts'
import type { ContainerUsage, CpuUsage, PodUsage, Usage } from './usage-reader.ts'

export function statsSummaryOf({ timeMs, node, pods, imageFs }: Usage, nodeName: string): object {
  const time = rfc3339(timeMs)
  return {
    node: {
      nodeName,
      startTime: rfc3339(node.bootTimeMs),
      cpu: cpuStatsOf({ timeMs, nanoseconds: node.cpuNanoseconds, nanoCores: node.nanoCores }),
      memory: {
        time,
        availableBytes: node.memory.availableBytes,
        usageBytes: node.memory.usageBytes,
        workingSetBytes: node.memory.workingSetBytes,
      },
      fs: fsStatsOf(node.fs, time),
      runtime: { imageFs: fsStatsOf(imageFs, time), containerFs: fsStatsOf(imageFs, time) },
    },
    pods: pods.filter(({ containers }) => containers.length > 0).map((pod) => podStatsOf(pod, node.fs, time)),
  }
}

function podStatsOf({ pod, containers }: PodUsage, fs: FsUsage, time: string): object {
  const { name, namespace, uid } = pod.metadata
  const sum = (amountOf: (container: ContainerUsage) => number) => containers.reduce((total, container) => total + amountOf(container), 0)
  const nanoCores = containers.some(({ cpu }) => cpu.nanoCores === undefined) ? undefined : sum(({ cpu }) => cpu.nanoCores ?? 0)
  return {
    podRef: { name, namespace, uid },
    startTime: pod.status?.startTime ?? null,
    containers: containers.map((container) => containerStatsOf(container, fs, time)),
    cpu: {
      time,
      ...(nanoCores === undefined ? {} : { usageNanoCores: nanoCores }),
      usageCoreNanoSeconds: sum(({ cpu }) => cpu.nanoseconds),
    },
    memory: {
      time,
      usageBytes: sum(({ memory }) => memory.usageBytes),
      workingSetBytes: sum(({ memory }) => memory.workingSetBytes),
      rssBytes: sum(({ memory }) => memory.rssBytes),
      pageFaults: sum(({ memory }) => memory.pageFaults),
      majorPageFaults: sum(({ memory }) => memory.majorPageFaults),
    },
    'ephemeral-storage': {
      ...fsStatsOf(fs, time),
      usedBytes: sum(({ writtenBytes }) => writtenBytes),
      inodesUsed: sum(({ writtenInodes }) => writtenInodes),
    },
  }
}

function containerStatsOf({ record, cpu, memory, writtenBytes, writtenInodes }: ContainerUsage, fs: FsUsage, time: string): object {
  const { timeMs, ...amounts } = memory
  return {
    name: record.name,
    startTime: rfc3339(record.startedAtMs),
    cpu: cpuStatsOf(cpu),
    memory: { time: rfc3339(timeMs), ...amounts },
    rootfs: { ...fsStatsOf(fs, time), usedBytes: writtenBytes, inodesUsed: writtenInodes },
    logs: fsStatsOf(fs, time),
  }
}

function cpuStatsOf({ timeMs, nanoseconds, nanoCores }: CpuUsage): object {
  return { time: rfc3339(timeMs), ...(nanoCores === undefined ? {} : { usageNanoCores: nanoCores }), usageCoreNanoSeconds: nanoseconds }
}

function fsStatsOf({ availableBytes, capacityBytes, usedBytes, inodes, inodesFree }: FsUsage, time: string): object {
  return { time, availableBytes, capacityBytes, usedBytes, inodesFree, inodes, inodesUsed: inodes - inodesFree }
}
