/** How soon pods run: one at a time, and sixty of one Deployment. */
import type { Client } from '#client/client'
import { Deployment } from '#kinds/apps/deployment.kind'
import type { Deployment as DeploymentObject } from '#kinds/apps/types.gen'
import { Pod } from '#kinds/core/pod/pod.kind'
import { benchPodSpec, median, msUntilRunning, startBenchCluster } from './bench-cluster.ts'
import type { Row } from './main.ts'

const singleCount = 10
const replicaCount = 60

export async function* measurePods(): AsyncGenerator<Row> {
  await using bench = await startBenchCluster()
  const { client } = bench
  await msUntilRunning(client, 'warm-up')
  const tookMs: number[] = []
  for (let i = 0; i < singleCount; i++) tookMs.push(await msUntilRunning(client, `one-${i}`))
  yield [
    `pod create to Running, median of ${singleCount}`,
    `${(median(tookMs) / 1000).toFixed(3)} s (best ${(Math.min(...tookMs) / 1000).toFixed(3)})`,
  ]
  await client.deleteCollection(Pod, { namespace: 'default' }, { gracePeriodSeconds: 0 })
  while ((await client.list(Pod, { namespace: 'default' })).items.length > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  yield [`Deployment of ${replicaCount} pods until all are available`, `${((await deploymentMs(client)) / 1000).toFixed(2)} s`]
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
