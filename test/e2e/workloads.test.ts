/** Workloads beside Deployments in real containers under real kubectl: StatefulSet, DaemonSet, Job, CronJob, quota, claims and volumes. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingForNode } from './requirements.ts'
import { eventually, kubectlOf, realKubectl, startTestCluster } from './test-cluster.ts'

type Kubectl = ReturnType<typeof kubectlOf>

const slot = 7
const quick = { terminationGracePeriodSeconds: 1 }
const shell = (script: string) => ({ name: 'sh', image: 'navarch.dev/shell:v1', command: ['sh', '-c', script] })
const forEver = 'trap "exit 0" TERM; while :; do sleep 0.1; done'
const podTemplate = (app: string, spec: object) => ({ metadata: { labels: { app } }, spec })

test('workloads in a cluster', { skip: missingForNode('kubectl'), timeout: 300_000 }, async (t) => {
  await using cluster = await startTestCluster(slot)
  const kubectl = kubectlOf(cluster, realKubectl)
  await t.test('a StatefulSet keeps what each pod wrote, through updates and shrinking', () =>
    statefulPods(kubectl, join(cluster.dataDir, '../volumes')),
  )
  await t.test('a DaemonSet rolls out and back', () => daemons(kubectl))
  await t.test('Jobs run to their end, each index once', () => jobs(kubectl))
  await t.test('a CronJob starts Jobs', () => cronJobs(kubectl))
  await t.test('a quota refuses what is too much, and gives back', () => quotas(kubectl))
})

async function apply(kubectl: Kubectl, ...objects: readonly object[]): Promise<void> {
  const { status, stderr } = await kubectl.outcome(['apply', '-f', '-'], objects.map((one) => JSON.stringify(one)).join('\n'))
  assert.equal(status, 0, stderr)
}

function volume(name: string, directory: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'manual',
      hostPath: { path: `${directory}/${name}`, type: 'DirectoryOrCreate' },
    },
  }
}

/** The volumes lie in `directory`, which goes with the cluster. */
async function statefulPods(kubectl: Kubectl, directory: string): Promise<void> {
  const containers = [
    { ...shell(`test -e /data/name || hostname > /data/name; ${forEver}`), volumeMounts: [{ name: 'data', mountPath: '/data' }] },
  ]
  const claim = { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage: '1Gi' } } }
  await apply(kubectl, volume('one', directory), volume('two', directory), {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 2,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: podTemplate('db', { ...quick, containers }),
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
    },
  })
  await kubectl.run('rollout', 'status', 'statefulset/db', '--timeout=60s')
  const written = (pod: string) => kubectl.run('exec', pod, '--', 'cat', '/data/name')
  assert.deepEqual([await written('db-0'), await written('db-1')], ['db-0\n', 'db-1\n'])
  await kubectl.run('set', 'env', 'statefulset/db', 'VERSION=2')
  await kubectl.run('rollout', 'status', 'statefulset/db', '--timeout=60s')
  assert.equal(await written('db-1'), 'db-1\n', 'the new pod has the data of the old one')
  assert.match(await kubectl.run('rollout', 'history', 'statefulset/db'), /^1 .*\n2 /m)
  await kubectl.run('scale', 'statefulset/db', '--replicas=1')
  await kubectl.run('wait', '--for=delete', 'pvc/data-db-1', '--timeout=30s')
  await kubectl.run('delete', 'statefulset/db')
  await kubectl.run('wait', '--for=delete', 'pvc/data-db-0', '--timeout=30s')
  const phases = () => kubectl.run('get', 'pv', '-o', 'jsonpath={.items[*].status.phase}')
  await eventually(phases, (text) => text === 'Released Released', 'both volumes are given back')
  await kubectl.run('delete', 'pv', '--all')
}

async function daemons(kubectl: Kubectl): Promise<void> {
  await apply(kubectl, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: podTemplate('agent', { ...quick, containers: [shell(forEver)] }) },
  })
  const rolledOut = () => kubectl.run('rollout', 'status', 'daemonset/agent', '--timeout=60s')
  const version = () => kubectl.run('get', 'pods', '-l', 'app=agent', '-o', 'jsonpath={.items[*].spec.containers[0].env[0].value}')
  assert.match(await rolledOut(), /successfully rolled out/)
  await kubectl.run('set', 'env', 'daemonset/agent', 'VERSION=2')
  await rolledOut()
  assert.equal(await version(), '2')
  await kubectl.run('rollout', 'undo', 'daemonset/agent')
  await rolledOut()
  assert.equal(await version(), '')
  await kubectl.run('delete', 'daemonset/agent')
}

async function jobs(kubectl: Kubectl): Promise<void> {
  const job = (name: string, script: string, spec: object) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { ...spec, template: podTemplate(name, { restartPolicy: 'Never', containers: [shell(script)] }) },
  })
  await apply(
    kubectl,
    job('index', 'echo index $JOB_COMPLETION_INDEX', { completionMode: 'Indexed', completions: 3, parallelism: 3 }),
    job('broken', 'exit 42', {
      podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] },
    }),
    job('endless', forEver, { activeDeadlineSeconds: 1 }),
  )
  await kubectl.run('wait', '--for=condition=Complete', 'job/index', '--timeout=60s')
  const logs = await kubectl.run('logs', '-l', 'app=index', '--prefix=false')
  assert.deepEqual(logs.trim().split('\n').sort(), ['index 0', 'index 1', 'index 2'])
  const why = (name: string) => kubectl.run('get', 'job', name, '-o', 'jsonpath={.status.conditions[?(@.type=="Failed")].reason}')
  await kubectl.run('wait', '--for=condition=Failed', 'job/broken', 'job/endless', '--timeout=60s')
  assert.deepEqual([await why('broken'), await why('endless')], ['PodFailurePolicy', 'DeadlineExceeded'])
  await kubectl.run('delete', 'jobs', '--all')
}

async function cronJobs(kubectl: Kubectl): Promise<void> {
  const template = podTemplate('tick', { restartPolicy: 'Never', containers: [shell('date')] })
  await apply(kubectl, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick' },
    spec: { schedule: '@every 1s', jobTemplate: { spec: { template } } },
  })
  const succeeded = () => kubectl.run('get', 'cronjob', 'tick', '-o', 'jsonpath={.status.lastSuccessfulTime}')
  await eventually(succeeded, (time) => time !== '', 'a run has succeeded')
  assert.match(await kubectl.run('describe', 'cronjob', 'tick'), /SawCompletedJob/)
  await kubectl.run('delete', 'cronjob/tick')
}

async function quotas(kubectl: Kubectl): Promise<void> {
  await apply(kubectl, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small' }, spec: { hard: { secrets: '1' } } })
  const used = () => kubectl.run('get', 'quota', 'small', '-o', 'jsonpath={.status.used.secrets}')
  await eventually(used, (count) => count === '0', 'it is counted')
  await kubectl.run('create', 'secret', 'generic', 'first')
  const { status, stderr } = await kubectl.outcome(['create', 'secret', 'generic', 'second'])
  assert.equal(status, 1)
  assert.match(stderr, /exceeded quota: small, requested: secrets=1, used: secrets=1, limited: secrets=1/)
  await kubectl.run('delete', 'secret', 'first')
  await eventually(used, (count) => count === '0', 'it is given back')
}
