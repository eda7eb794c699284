/** What the benchmarks of a whole cluster share: a cluster of their own, a client, and a pod to measure with. Needs root and `tools/images`. */
import { systemClock } from '#base/env/clock'
import { Client } from '#client/client'
import { transportOfKubeconfig } from '#client/connect'
import type { WatchFrame } from '#client/transport'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Pod as PodObject } from '#kinds/core/types.gen'
import { startTestCluster, type TestCluster } from '../test/e2e/test-cluster.ts'

/** Not one that a test takes. */
export const slot = 6

export type BenchCluster = AsyncDisposable & { readonly cluster: TestCluster; readonly client: Client }

export async function startBenchCluster(): Promise<BenchCluster> {
  const cluster = await startTestCluster(slot)
  const transport = await transportOfKubeconfig(cluster.kubeconfig, { clock: systemClock, userAgent: 'bench', timeoutMs: 30_000 })
  return {
    cluster,
    client: new Client(transport),
    async [Symbol.asyncDispose]() {
      transport[Symbol.dispose]()
      await cluster[Symbol.asyncDispose]()
    },
  }
}

export function benchPod(name: string): PodObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'bench' } },
    spec: benchPodSpec,
    status: {},
  }
}

export const benchPodSpec: NonNullable<PodObject['spec']> = {
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'main', image: 'navarch.dev/shell:v1', command: ['sleep', '100000'] }],
}

/** Creates a pod and resolves with how long it took until a watch saw it Running. */
export async function msUntilRunning(client: Client, name: string): Promise<number> {
  const stop = new AbortController()
  try {
    const frames = await client.watch(Pod, { namespace: 'default', fieldSelector: `metadata.name=${name}` }, stop.signal)
    const startedMs = performance.now()
    await client.create(Pod, benchPod(name))
    await firstRunning(frames)
    return performance.now() - startedMs
  } finally {
    stop.abort()
  }
}

async function firstRunning(frames: AsyncIterable<WatchFrame>): Promise<void> {
  for await (const { object } of frames) if ((object as PodObject).status?.phase === 'Running') return
  throw new Error('the watch ended before the pod was Running')
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
