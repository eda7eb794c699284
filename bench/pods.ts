/** How soon pods run: one at a time, and sixty of one Deployment; beside it what the container runtime takes of that. */
import type { Client } from '#client/client'
import { Deployment } from '#kinds/apps/deployment.kind'
import type { Deployment as DeploymentObject } from '#kinds/apps/types.gen'
import { Pod } from '#kinds/core/pod/pod.kind'
import { benchPodSpec, median, msUntilRunning, startBenchCluster } from './bench-cluster.ts'
import type { Row } from './main.ts'
import { measureRuntime } from './runtime.ts'

const singleCount = 10
const replicaCount = 60

export async function* measurePods(): AsyncGenerator<Row> {
  await using bench = await startBenchCluster()
  const { client } = bench
  await msUntilRunning(client, 'warm-up')
  const tookMs: number[] = []
  for (let i = 0; i < singleCount; i++) tookMs.push(await msUntilRunning(client, `one-${i}`))
  yield [`pod create to Running, median of ${singleCount}`, shown(median(tookMs), Math.min(...tookMs))]
  await client.deleteCollection(Pod, { namespace: 'default' }, { gracePeriodSeconds: 0 })
  while ((await client.list(Pod, { namespace: 'default' })).items.length > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  const sixtyMs = await deploymentMs(client)
  yield [`Deployment of ${replicaCount} pods until all are available`, shown(sixtyMs)]
  const floor = await measureRuntime(bench.cluster.dataDir, { oneCount: singleCount, manyCount: replicaCount, atOnce: 4 })
  yield ['the container runtime alone: one pod', shown(floor.oneMs)]
  yield [`the container runtime alone: ${replicaCount} pods, 4 at once`, shown(floor.manyMs)]
}

function shown(tookMs: number, bestMs?: number): string {
  const seconds = `${(tookMs / 1000).toFixed(3)} s`
  return bestMs === undefined ? seconds : `${seconds} (best ${(bestMs / 1000).toFixed(3)})`
}

async function deploymentMs(client: Client): Promise<number> {
  const stop = new AbortController()
  const frames = await client.watch(Deployment, { namespace: 'default' }, stop.signal)
  const startedMs = performance.now()
  await client.create(Deployment, sixtyPods)
  for await (const { object } of frames) if ((object as DeploymentObject).status?.availableReplicas === replicaCount) break
  const tookMs = performance.now() - startedMs
  stop.abort()
  return tookMs
}

const labels = { app: 'sixty' }

const sixtyPods: DeploymentObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'sixty', namespace: 'default' },
  spec: { replicas: replicaCount, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: benchPodSpec } },
  status: {},
}
