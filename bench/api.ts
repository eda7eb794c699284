/**
 * Requests to an API server over HTTPS. Without flags it measures a `navarch kube-apiserver` of its own on a store on disk;
 * `--etcd-servers URLS` has it use an etcd; `--kubeconfig FILE` points at any Kubernetes API, `--pid N` (again for each further process)
 * says whose CPU time counts too.
 */
import { parseArgs } from 'node:util'
import { systemClock } from '#base/env/clock'
import { endpointOf } from '#client/connect'
import { resolveContext } from '#client/kubeconfig'
import { readKubeconfig } from '#client/kubeconfig-file'
import { startBenchServer } from './bench-server.ts'
import { Load } from './load.ts'
import type { Row } from './main.ts'
import { cpuSecondsOf } from './process-usage.ts'

const connectionCount = 4
const roundCount = 3
const namespacePath = '/api/v1/namespaces'

export async function* measureApi(argv: readonly string[]): AsyncGenerator<Row> {
  const options = { kubeconfig: { type: 'string' }, pid: { type: 'string', multiple: true }, 'etcd-servers': { type: 'string' } } as const
  const { values } = parseArgs({ args: [...argv], options })
  const pids = (values.pid ?? []).map(Number)
  if (values.kubeconfig !== undefined) return yield* rowsOf(values.kubeconfig, pids)
  await using server = await startBenchServer(values['etcd-servers'])
  yield* rowsOf(server.kubeconfig, [server.pid, ...pids])
}

async function* rowsOf(kubeconfig: string, pids: readonly number[]): AsyncGenerator<Row> {
  const endpoint = endpointOf(resolveContext(await readKubeconfig(kubeconfig, true)), systemClock)
  await using load = await Load.open(endpoint, connectionCount)
  const namespace = `bench-${systemClock.nowMs()}`
  await load.send('POST', namespacePath, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const configMaps = `${namespacePath}/${namespace}/configmaps`
  await load.send('POST', configMaps, configMap('read'))
  const read = () => load.send('GET', `${configMaps}/read`)
  let created = 0
  const create = () => load.send('POST', configMaps, configMap(`created-${created++}`))
  yield ['GET of a ConfigMap of 1.5 KB, 4 connections x 10 streams', await best(load, pids, { count: 20_000, inFlight: 40, send: read })]
  yield ['create, durable, one at a time', await best(load, pids, { count: 1000, inFlight: 1, send: create })]
  yield ['create, durable, 16 in flight', await best(load, pids, { count: 5000, inFlight: 16, send: create })]
  yield ['create, durable, 256 in flight', await best(load, pids, { count: 10_000, inFlight: 256, send: create })]
  await load.send('DELETE', `${namespacePath}/${namespace}`)
}

type Work = { readonly count: number; readonly inFlight: number; readonly send: () => Promise<void> }

/** Others use the machine too: the best of some rounds is what it can do. */
async function best(load: Load, pids: readonly number[], work: Work): Promise<string> {
  let perSecond = 0
  let perCpuSecond = 0
  for (let round = 0; round < roundCount; round++) {
    const cpuBefore = cpuOf(pids)
    const seconds = await load.run(work)
    const cpuSeconds = cpuOf(pids) - cpuBefore
    perSecond = Math.max(perSecond, work.count / seconds)
    perCpuSecond = Math.max(perCpuSecond, work.count / cpuSeconds)
  }
  return `${Math.round(perSecond)}/s${pids.length === 0 ? '' : `, ${Math.round(perCpuSecond)}/CPU s`}`
}

function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0)
}

function configMap(name: string): unknown {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text: 'x'.repeat(1300) } }
}
