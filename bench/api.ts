/** Single requests to an API server over HTTPS: reads and durable creates. */
import type { Load } from './load.ts'
import type { Row } from './main.ts'
import { configMap, cpuOf, type MeasuredServer, onMeasuredServer } from './measured-server.ts'

const roundCount = 3

export function measureApi(argv: readonly string[]): AsyncGenerator<Row> {
  return onMeasuredServer(argv, rowsOf)
}

async function* rowsOf({ load, pids, namespacePath }: MeasuredServer): AsyncGenerator<Row> {
  const configMaps = `${namespacePath}/configmaps`
  await load.send('POST', configMaps, configMap('read'))
  const read = () => load.send('GET', `${configMaps}/read`)
  let created = 0
  const create = () => load.send('POST', configMaps, configMap(`created-${created++}`))
  yield ['GET of a ConfigMap of 1.5 KB, 4 connections x 10 streams', await best(load, pids, { count: 20_000, inFlight: 40, send: read })]
  yield ['create, durable, one at a time', await best(load, pids, { count: 1000, inFlight: 1, send: create })]
  yield ['create, durable, 16 in flight', await best(load, pids, { count: 5000, inFlight: 16, send: create })]
  yield ['create, durable, 256 in flight', await best(load, pids, { count: 10_000, inFlight: 256, send: create })]
}

type Work = { readonly count: number; readonly inFlight: number; readonly send: () => Promise<void> }

/** Others use the machine too: the best of some rounds is what it can do. */
export async function best(load: Load, pids: readonly number[], work: Work): Promise<string> {
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
