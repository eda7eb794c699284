/** Metrics as Prometheus reads them, and the families that the kubelet shows. */
import type { ProbeCount } from '../probes/probe-counts.ts'
import type { PodRecord } from '../runtime/records.ts'
import type { ContainerUsage, Usage } from './usage-reader.ts'

export type Metric = { readonly labels: Readonly<Record<string, string>>; readonly value: number; readonly timeMs?: number }
export type MetricFamily = {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly metrics: readonly Metric[]
}

export function metricsText(families: readonly MetricFamily[]): string {
  return families
    .map(
      ({ name, help, type, metrics }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${metrics.map((metric) => lineOf(name, metric)).join('')}`,
    )
    .join('')
}

function lineOf(name: string, { labels, value, timeMs }: Metric): string {
  const pairs = Object.entries(labels).map(
    ([key, text]) => `${key}="${text.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`))}"`,
  )
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}${timeMs === undefined ? '' : ` ${timeMs}`}\n`
}

type OfContainer = { readonly pod: string; readonly namespace: string; readonly usage: ContainerUsage }

function containersOf({ pods }: Usage): readonly OfContainer[] {
  return pods.flatMap(({ pod, containers }) =>
    containers.map((usage) => ({ pod: pod.metadata.name ?? '', namespace: pod.metadata.namespace ?? '', usage })),
  )
}

/** `/metrics/resource`: what metrics-server reads. */
export function resourceMetrics(usage: Usage): readonly MetricFamily[] {
  const containers = containersOf(usage)
  const perContainer = (valueOf: (one: ContainerUsage) => Omit<Metric, 'labels'>) =>
    containers.map(({ pod, namespace, usage: one }) => ({ labels: { container: one.record.name, namespace, pod }, ...valueOf(one) }))
  const perPod = (valueOf: (one: ContainerUsage) => number) =>
    usage.pods
      .filter((one) => one.containers.length > 0)
      .map(({ pod, containers: own }) => ({
        labels: { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name ?? '' },
        value: own.reduce((sum, one) => sum + valueOf(one), 0),
        timeMs: usage.timeMs,
      }))
  const { node, timeMs } = usage
  return [
    {
      name: 'container_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the container in core-seconds',
      type: 'counter',
      metrics: perContainer(({ cpu }) => ({ value: cpu.nanoseconds / 1e9, timeMs: cpu.timeMs })),
    },
    {
      name: 'container_memory_working_set_bytes',
      help: '[STABLE] Current working set of the container in bytes',
      type: 'gauge',
      metrics: perContainer(({ memory }) => ({ value: memory.workingSetBytes, timeMs: memory.timeMs })),
    },
    {
      name: 'container_start_time_seconds',
      help: '[STABLE] Start time of the container since unix epoch in seconds',
      type: 'gauge',
      metrics: perContainer(({ record }) => ({ value: record.startedAtMs / 1000 })),
    },
    {
      name: 'node_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the node in core-seconds',
      type: 'counter',
      metrics: [{ labels: {}, value: node.cpuNanoseconds / 1e9, timeMs }],
    },
    {
      name: 'node_memory_working_set_bytes',
      help: '[STABLE] Current working set of the node in bytes',
      type: 'gauge',
      metrics: [{ labels: {}, value: node.memory.workingSetBytes, timeMs }],
    },
    {
      name: 'node_swap_usage_bytes',
      help: '[ALPHA] Current swap usage of the node in bytes. Reported only on non-windows systems',
      type: 'gauge',
      metrics: [{ labels: {}, value: node.memory.swapBytes, timeMs }],
    },
    {
      name: 'pod_cpu_usage_seconds_total',
      help: '[STABLE] Cumulative cpu time consumed by the pod in core-seconds',
      type: 'counter',
      metrics: perPod(({ cpu }) => cpu.nanoseconds / 1e9),
    },
    {
      name: 'pod_memory_working_set_bytes',
      help: '[STABLE] Current working set of the pod in bytes',
      type: 'gauge',
      metrics: perPod(({ memory }) => memory.workingSetBytes),
    },
    {
      name: 'resource_scrape_error',
      help: '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise',
      type: 'gauge',
      metrics: [{ labels: {}, value: 0 }],
    },
  ]
}

/** `/metrics/cadvisor`: the families that dashboards start from. */
export function cadvisorMetrics(usage: Usage, cpuCount: number): readonly MetricFamily[] {
  const containers = containersOf(usage)
  const per = (valueOf: (one: ContainerUsage) => number) =>
    containers.map(({ pod, namespace, usage: one }) => ({
      labels: { container: one.record.name, id: one.record.id, image: one.record.image, name: one.record.id, namespace, pod },
      value: valueOf(one),
      timeMs: one.cpu.timeMs,
    }))
  return [
    {
      name: 'container_cpu_usage_seconds_total',
      help: 'Cumulative cpu time consumed in seconds.',
      type: 'counter',
      metrics: per(({ cpu }) => cpu.nanoseconds / 1e9),
    },
    {
      name: 'container_memory_usage_bytes',
      help: 'Current memory usage in bytes, including all memory regardless of when it was accessed',
      type: 'gauge',
      metrics: per(({ memory }) => memory.usageBytes),
    },
    {
      name: 'container_memory_working_set_bytes',
      help: 'Current working set in bytes.',
      type: 'gauge',
      metrics: per(({ memory }) => memory.workingSetBytes),
    },
    { name: 'container_memory_rss', help: 'Size of RSS in bytes.', type: 'gauge', metrics: per(({ memory }) => memory.rssBytes) },
    {
      name: 'container_start_time_seconds',
      help: 'Start time of the container since unix epoch in seconds.',
      type: 'gauge',
      metrics: per(({ record }) => record.startedAtMs / 1000),
    },
    { name: 'machine_cpu_cores', help: 'Number of logical CPU cores.', type: 'gauge', metrics: [{ labels: {}, value: cpuCount }] },
    {
      name: 'machine_memory_bytes',
      help: 'Amount of memory installed on the machine.',
      type: 'gauge',
      metrics: [{ labels: {}, value: usage.node.memory.totalBytes }],
    },
  ]
}

/** `/metrics/probes`. */
export function probeMetrics(counts: readonly ProbeCount[]): readonly MetricFamily[] {
  const metrics = counts.map(({ type, container, pod, result, count }) => ({
    labels: {
      container,
      namespace: pod.metadata.namespace ?? '',
      pod: pod.metadata.name ?? '',
      pod_uid: pod.metadata.uid ?? '',
      probe_type: `${type.charAt(0).toUpperCase()}${type.slice(1)}`,
      result,
    },
    value: count,
  }))
  return [
    {
      name: 'prober_probe_total',
      help: '[BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.',
      type: 'counter',
      metrics,
    },
  ]
}

/** `/metrics`: the kubelet itself. */
export function kubeletMetrics(nodeName: string, records: readonly PodRecord[]): readonly MetricFamily[] {
  const states = new Map<string, number>()
  for (const { state } of records.flatMap(({ containers }) => containers)) states.set(state, (states.get(state) ?? 0) + 1)
  const runningPodCount = records.filter(({ sandboxes }) => sandboxes.some(({ isReady }) => isReady)).length
  const { user, system } = process.cpuUsage()
  return [
    {
      name: 'kubelet_node_name',
      help: "[ALPHA] The node's name. The count is always 1.",
      type: 'gauge',
      metrics: [{ labels: { node: nodeName }, value: 1 }],
    },
    {
      name: 'kubelet_running_pods',
      help: '[BETA] Number of pods that have a running pod sandbox',
      type: 'gauge',
      metrics: [{ labels: {}, value: runningPodCount }],
    },
    {
      name: 'kubelet_running_containers',
      help: '[BETA] Number of containers currently running',
      type: 'gauge',
      metrics: [...states].map(([state, value]) => ({ labels: { container_state: state }, value })),
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'Total user and system CPU time spent in seconds.',
      type: 'counter',
      metrics: [{ labels: {}, value: (user + system) / 1e6 }],
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size in bytes.',
      type: 'gauge',
      metrics: [{ labels: {}, value: process.memoryUsage.rss() }],
    },
  ]
}
