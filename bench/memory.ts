/** What the server's memory is with 150,000 pods of 2 KB: as they were written, after a list of all, and after lists by label and by node. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from './main.ts'
import { type MeasuredServer, onMeasuredServer } from './measured-server.ts'
import { residentMegabytesOf } from './process-usage.ts'
import { readerOf } from './read.ts'

const podCount = 150_000
const nodeCount = 1000
/** Time for the garbage collector to run by itself. */
const settleMs = 90_000

export function measureMemory(argv: readonly string[]): AsyncGenerator<Row> {
  return onMeasuredServer(argv, rowsOf)
}

async function* rowsOf({ load, endpoint, pids, namespacePath }: MeasuredServer): AsyncGenerator<Row> {
  if (pids.length === 0) throw new Error('say whose memory it is: --pid N')
  const pods = `${namespacePath}/pods`
  const resident = () =>
    `${pids
      .map(residentMegabytesOf)
      .reduce((sum, megabytes) => sum + megabytes, 0)
      .toFixed(0)} MB`
  yield ['memory without objects', resident()]
  await load
    .send('POST', `${namespacePath}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } })
    .catch(() => {})
  let created = 0
  await load.run({ count: podCount, inFlight: 64, send: () => load.send('POST', pods, pod(created++)) })
  const get = await readerOf(endpoint)
  const one = await get(`${pods}/pod-0`)
  await sleep(settleMs)
  yield [`memory with ${podCount} pods of ${(one.bytes / 1000).toFixed(1)} KB`, resident()]
  await get(`${pods}?resourceVersion=0`)
  yield ['after a list of all', resident()]
  await get(`${pods}?labelSelector=app=app-7`)
  await get(`${pods}?fieldSelector=spec.nodeName=node-7`)
  await sleep(settleMs)
  yield ['after a list by label, and one by node', resident()]
}

/** Of some 2 KB as it is stored. */
function pod(index: number): unknown {
  const app = `app-${index % 100}`
  const container = {
    name: 'main',
    image: 'registry.example/team/app:v1.2.3',
    args: ['--port=8080', `--name=${app}`],
    env: [{ name: 'MODE', value: 'production' }],
    ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, labels: { app, 'pod-template-hash': 'abcdef1234' } },
    spec: { nodeName: `node-${index % nodeCount}`, automountServiceAccountToken: false, containers: [container] },
  }
}
