/** Server-side apply: over HTTPS, and the typed merge alone. */
import { Pod } from '#kinds/core/pod/pod.kind'
import { emptySet } from '#meta/managed-fields/field-set'
import { type Managers, noManagers } from '#meta/managed-fields/managers'
import { afterApply, type Resource } from '#meta/managed-fields/ownership'
import { best } from './api.ts'
import type { Row } from './main.ts'
import { type MeasuredServer, onMeasuredServer } from './measured-server.ts'

export function measureApply(argv: readonly string[]): AsyncGenerator<Row> {
  return onMeasuredServer(argv, rowsOf)
}

async function* rowsOf({ load, pids, namespacePath }: MeasuredServer): AsyncGenerator<Row> {
  yield ['typed merge of a Pod of 4 KB, unchanged', mergeTime()]
  const deployments = namespacePath.replace('/api/v1/', '/apis/apps/v1/')
  const path = (manager: string) => `${deployments}/deployments/web?fieldManager=${manager}&force=true`
  const apply = (manager: string, image: string) => load.send('PATCH', path(manager), deployment(image), 'application/apply-patch+yaml')
  await apply('one', 'nginx:1')
  const unchanged = () => apply('one', 'nginx:1')
  yield ['apply of a Deployment, unchanged', await best(load, pids, { count: 6000, inFlight: 40, send: unchanged })]
  let turn = 0
  const changed = () => apply('one', `nginx:${++turn}`)
  yield ['apply of a Deployment, changed, one at a time', await best(load, pids, { count: 500, inFlight: 1, send: changed })]
}

const rounds = 5000

/** Milliseconds for each: the best of some runs. */
function mergeTime(): string {
  const resource: Resource = { schema: Pod.schema, apiVersion: 'v1', unreachable: emptySet, convert: () => undefined }
  const writer = { name: 'one', operation: 'Apply', apiVersion: 'v1', subresource: '' } as const
  const apply = { config: pod(), writer, now: '2026-01-01T00:00:00Z', isForced: true }
  const before = afterApply(resource, noManagers, { ...apply, live: { apiVersion: 'v1', kind: 'Pod', metadata: {} } })
  const live = before.value
  const managers: Managers = before.managers
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 5; run++) {
    const started = performance.now()
    for (let round = 0; round < rounds; round++) afterApply(resource, managers, { ...apply, config: structuredClone(apply.config), live })
    least = Math.min(least, (performance.now() - started) / rounds)
  }
  return `${least.toFixed(3)} ms`
}

const container = (name: string, image: string) => ({
  name,
  image,
  command: ['/bin/server', '--port=8080', '--verbose'],
  env: Array.from({ length: 8 }, (_, index) => ({ name: `VARIABLE_${index}`, value: `value of variable ${index}` })),
  ports: [
    { name: 'http', containerPort: 8080, protocol: 'TCP' },
    { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
  ],
  resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
  livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 },
})

const podSpec = (image: string) => ({
  containers: [container('main', image), container('helper', image), container('sidecar', image)],
  volumes: [{ name: 'data', emptyDir: {} }],
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
})

const labels = { app: 'web', tier: 'front', release: 'stable' }

function pod(): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', labels, annotations: { note: 'x'.repeat(600) } },
    spec: podSpec('nginx:1'),
  }
}

function deployment(image: string): unknown {
  const template = { metadata: { labels }, spec: podSpec(image) }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template },
  }
}
