/** What the kubelet tells of itself: health, pods, configuration, usage, metrics. */
import { availableParallelism } from 'node:os'
import type { Pod } from '#kinds/core/types.gen'
import type { ProbeCounts } from '../probes/probe-counts.ts'
import type { PodRecord } from '../runtime/records.ts'
import { cadvisorMetrics, kubeletMetrics, type MetricFamily, metricsText, probeMetrics, resourceMetrics } from '../stats/metrics-text.ts'
import { statsSummaryOf } from '../stats/stats-summary.ts'
import type { UsageReader } from '../stats/usage-reader.ts'
import { type Exchange, type Route, sendJson, sendText } from './route.ts'

export type StateDeps = {
  readonly nodeName: string
  readonly pods: () => readonly Pod[]
  readonly records: () => readonly PodRecord[]
  readonly usage: UsageReader
  readonly probeCounts: ProbeCounts | undefined
  /** Shown at `/configz`. */
  readonly configuration: Readonly<Record<string, unknown>>
}

export function stateRoutes(deps: StateDeps): readonly Route[] {
  const get = (path: string, handle: (exchange: Exchange) => Promise<void>): Route => ({ methods: ['GET', 'HEAD'], path, handle })
  const text = (path: string, families: () => Promise<readonly MetricFamily[]>) =>
    get(path, async ({ response }) => sendText(response, 200, metricsText(await families()), 'text/plain; version=0.0.4; charset=utf-8'))
  const sayOk = async ({ response }: Exchange) => sendText(response, 200, 'ok')
  const sendPods = async ({ response }: Exchange) => sendJson(response, podListOf(deps.pods()))
  const sendRunning = async ({ response }: Exchange) => sendJson(response, podListOf(deps.records().flatMap(runningPodOf)))
  return [
    get('/healthz', sayOk),
    get('/healthz/ping', sayOk),
    get('/healthz/syncloop', sayOk),
    get('/healthz/log', sayOk),
    get('/pods', sendPods),
    get('/pods/', sendPods),
    get('/runningpods', sendRunning),
    get('/runningpods/', sendRunning),
    get('/configz', async ({ response }) => sendJson(response, { kubeletconfig: deps.configuration })),
    get('/stats/summary', async ({ response }) => sendJson(response, statsSummaryOf(await deps.usage.read(), deps.nodeName))),
    text('/metrics', async () => kubeletMetrics(deps.nodeName, deps.records())),
    text('/metrics/resource', async () => resourceMetrics(await deps.usage.read())),
    text('/metrics/cadvisor', async () => cadvisorMetrics(await deps.usage.read(), availableParallelism())),
    text('/metrics/probes', async () => probeMetrics(deps.probeCounts?.list() ?? [])),
  ]
}

function podListOf(items: readonly unknown[]): object {
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items }
}

function runningPodOf({ name, namespace, uid, containers, sandboxes }: PodRecord): readonly object[] {
  const running = containers.filter(({ state }) => state === 'running')
  if (!sandboxes.some(({ isReady }) => isReady)) return []
  return [
    {
      metadata: { name, namespace, uid },
      spec: { containers: running.map((one) => ({ name: one.name, image: one.image, resources: {} })) },
      status: {},
    },
  ]
}
