/**
 * The API server that a benchmark measures. Without flags a `navarch kube-apiserver` of its own on a store on disk; `--etcd-servers URLS`
 * has it use an etcd; `--kubeconfig FILE` points at any Kubernetes API, `--pid N` (again for each further process) says whose CPU
 * time and memory count.
 */
import { parseArgs } from 'node:util'
import { systemClock } from '#base/env/clock'
import { endpointOf } from '#client/connect'
import type { Endpoint } from '#client/endpoint'
import { resolveContext } from '#client/kubeconfig'
import { readKubeconfig } from '#client/kubeconfig-file'
import { startBenchServer } from './bench-server.ts'
import { Load } from './load.ts'
import type { Row } from './main.ts'
import { cpuSecondsOf } from './process-usage.ts'

export type MeasuredServer = {
  readonly endpoint: Endpoint
  /** Of the server and whatever counts with it; none where the kubeconfig points at something unknown. */
  readonly pids: readonly number[]
  /** Four connections. */
  readonly load: Load
  /** `/api/v1/namespaces/NAME` of a namespace that goes with the benchmark. */
  readonly namespacePath: string
}

const connectionCount = 4
const namespacesPath = '/api/v1/namespaces'

export async function* onMeasuredServer(
  argv: readonly string[],
  rowsOf: (server: MeasuredServer) => AsyncIterable<Row>,
): AsyncGenerator<Row> {
  const options = { kubeconfig: { type: 'string' }, pid: { type: 'string', multiple: true }, 'etcd-servers': { type: 'string' } } as const
  const { values } = parseArgs({ args: [...argv], options })
  const pids = (values.pid ?? []).map(Number)
  if (values.kubeconfig !== undefined) return yield* withNamespace(values.kubeconfig, pids, rowsOf)
  await using server = await startBenchServer(values['etcd-servers'])
  yield* withNamespace(server.kubeconfig, [server.pid, ...pids], rowsOf)
}

async function* withNamespace(
  kubeconfig: string,
  pids: readonly number[],
  rowsOf: (server: MeasuredServer) => AsyncIterable<Row>,
): AsyncGenerator<Row> {
  const endpoint = endpointOf(resolveContext(await readKubeconfig(kubeconfig, true)), systemClock)
  await using load = await Load.open(endpoint, connectionCount)
  const name = `bench-${systemClock.nowMs()}`
  await load.send('POST', namespacesPath, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  yield* rowsOf({ endpoint, pids, load, namespacePath: `${namespacesPath}/${name}` })
  await load.send('DELETE', `${namespacesPath}/${name}`)
}

/** User and system time of all that count. */
export function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0)
}

/** A ConfigMap of some 1.5 KB as it is stored. */
export function configMap(name: string, dataBytes = 1300): unknown {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text: 'x'.repeat(dataBytes) } }
}
