/** Volumes that follow the API, and probes that decide, in real containers under real kubectl. */
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { eventually, kubectlOf, realKubectl, startTestCluster } from './test-cluster.ts'

const isRoot = process.getuid?.() === 0
const skip = isRoot ? missingKubectl() : 'a node needs root'

function missingKubectl(): string | false {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return false
  } catch {
    return 'there is no kubectl on this machine'
  }
}

type Kubectl = ReturnType<typeof kubectlOf>

const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { color: 'red' } }
const password = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'password' }, stringData: { pw: 'hunter2' } }
const mounts = ['settings', 'password', 'facts', 'disk', 'ram', 'host', 'late']
const image = 'navarch.dev/shell:v1'
const sleeper = { image, command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'] }

const volumesPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'volumes', labels: { stage: 'one' } },
  spec: {
    terminationGracePeriodSeconds: 1,
    securityContext: { fsGroup: 2000 },
    containers: [{ name: 'sh', ...sleeper, volumeMounts: mounts.map((name) => ({ name, mountPath: `/v/${name}` })) }],
    volumes: [
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'password', secret: { secretName: 'password', defaultMode: 0o400 } },
      { name: 'facts', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { name: 'disk', emptyDir: {} },
      { name: 'ram', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      { name: 'host', hostPath: { path: '/etc', type: 'Directory' } },
      { name: 'late', configMap: { name: 'late', optional: true } },
    ],
  },
}

const probedPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'probed' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'sh',
        ...sleeper,
        startupProbe: { exec: { command: ['test', '-e', '/tmp/started'] }, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1, failureThreshold: 1 },
        livenessProbe: { exec: { command: ['sh', '-c', 'echo not well; test ! -e /tmp/sick'] }, periodSeconds: 1, failureThreshold: 2 },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  },
}

test('volumes and probes, in a cluster', { skip }, async () => {
  await using cluster = await startTestCluster(7)
  const kubectl = kubectlOf(cluster, realKubectl)
  await volumesFollowTheApi(kubectl)
  await whatIsMissingIsSaid(kubectl)
  await probesDecide(kubectl)
  await kubectl.run('delete', 'pods', '--all', '--wait')
  const { stdout } = await promisify(execFile)('cat', ['/proc/self/mountinfo'])
  assert.doesNotMatch(stdout, new RegExp(`${cluster.dataDir}.*/volumes/`), 'no volume is left mounted')
})

async function apply(kubectl: Kubectl, ...objects: readonly object[]): Promise<void> {
  const { status, stderr } = await kubectl.outcome(['apply', '-f', '-'], objects.map((one) => JSON.stringify(one)).join('\n'))
  assert.equal(status, 0, stderr)
}

const inside = (kubectl: Kubectl, pod: string, script: string) => kubectl.run('exec', pod, '--', 'sh', '-c', script)

async function volumesFollowTheApi(kubectl: Kubectl): Promise<void> {
  await apply(kubectl, settings, password, volumesPod)
  await kubectl.run('wait', '--for=condition=Ready', 'pod/volumes', '--timeout=30s')
  const look = (script: string) => inside(kubectl, 'volumes', script)
  assert.equal(await look('cat /v/settings/color /v/password/pw'), 'redhunter2')
  assert.match(await look('ls -lnL /v/password/pw'), /^-r--r-----\s+1\s+0\s+2000 /)
  assert.match(await look('ls -lnd /v/disk'), /^drwxrwsrwx\s+\d+\s+0\s+2000 /)
  assert.match(await look('cat /v/facts/labels'), /stage="one"/)
  assert.match(await look('grep " /v/ram " /proc/mounts'), /^tmpfs .*size=1024k/)
  assert.match(await look('ls /v/host/passwd; touch /v/settings/x 2>&1 || true'), /\/v\/host\/passwd\n.*Read-only file system/)
  assert.match(await look('ls /var/run/secrets/kubernetes.io/serviceaccount'), /ca\.crt\nnamespace\ntoken/)
  await apply(kubectl, { ...settings, data: { color: 'blue' } }, { ...settings, metadata: { name: 'late' }, data: { now: 'here' } })
  await kubectl.run('label', 'pod', 'volumes', 'stage=two', '--overwrite')
  const seen = () => look('cat /v/settings/color /v/late/now /v/facts/labels 2>/dev/null || true')
  await eventually(seen, (text) => /bluehere.*stage="two"/s.test(text), 'the files follow the objects', 5000)
}

async function whatIsMissingIsSaid(kubectl: Kubectl): Promise<void> {
  const volumes = [{ name: 'v', configMap: { name: 'missing' } }]
  const containers = [{ name: 'sh', ...sleeper, volumeMounts: [{ name: 'v', mountPath: '/v' }] }]
  await apply(kubectl, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'waiting' },
    spec: { terminationGracePeriodSeconds: 1, containers, volumes },
  })
  const describe = () => kubectl.run('describe', 'pod', 'waiting')
  await eventually(
    describe,
    (text) => text.includes('MountVolume.SetUp failed for volume "v" : configmap "missing" not found'),
    'describe says why',
  )
  assert.match(await kubectl.run('get', 'pod', 'waiting'), /0\/1\s+ContainerCreating/)
  await apply(kubectl, { ...settings, metadata: { name: 'missing' } })
  await kubectl.run('wait', '--for=condition=Ready', 'pod/waiting', '--timeout=15s')
}

async function probesDecide(kubectl: Kubectl): Promise<void> {
  await apply(kubectl, probedPod)
  const state = () => kubectl.run('get', 'pod', 'probed')
  await eventually(state, (text) => /0\/1\s+Running/.test(text), 'it runs and is not ready')
  await inside(kubectl, 'probed', 'touch /tmp/started')
  await eventually(
    () => kubectl.run('get', 'pod', 'probed', '-o', 'jsonpath={.status.containerStatuses[0].started}'),
    (text) => text === 'true',
    'it has started',
  )
  assert.match(await state(), /0\/1\s+Running/)
  await inside(kubectl, 'probed', 'touch /tmp/ready')
  await eventually(state, (text) => /1\/1\s+Running/.test(text), 'it is ready')
  await inside(kubectl, 'probed', 'rm /tmp/ready')
  await eventually(state, (text) => /0\/1\s+Running/.test(text), 'it is ready no more')
  await inside(kubectl, 'probed', 'touch /tmp/sick /tmp/ready')
  await eventually(state, (text) => /Running\s+[1-9]/.test(text), 'it is restarted')
  const events = await kubectl.run('describe', 'pod', 'probed')
  assert.match(events, /Unhealthy.*Liveness probe failed: not well/)
  assert.match(events, /Container sh failed liveness probe, will be restarted/)
}
