/** The story of the README with real containers: once with the real kubectl, once, word for word, with ours. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  eventually,
  type Kubectl,
  kubectlOf,
  ownKubectl,
  realKubectl,
  startTestCluster,
  type TestCluster,
  upArguments,
} from './test-cluster.ts'

const isRoot = process.getuid?.() === 0
const hasRealKubectl = (() => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

test('the story, with the real kubectl', { skip: skipReason(hasRealKubectl ? undefined : 'there is no kubectl on this machine') }, () =>
  story(0, realKubectl),
)
test('the story, with ours', { skip: skipReason(undefined) }, () => story(1, ownKubectl))

function skipReason(missing: string | undefined): string | false {
  return isRoot ? (missing ?? false) : 'a node needs root'
}

type Tools = ReturnType<typeof kubectlOf>

async function story(slot: number, program: Kubectl): Promise<void> {
  await using cluster = await startTestCluster(slot)
  const kubectl = kubectlOf(cluster, program)
  await looksAround(kubectl)
  await deploys(kubectl)
  await updatesAndGoesBack(kubectl)
  await scalesAndTells(kubectl)
  await talksToContainers(kubectl)
  await healsItself(kubectl)
  await survivesKills(cluster, kubectl)
  await removesAll(kubectl)
  await goesDownAndComesBack(cluster, kubectl, slot)
}

async function looksAround(kubectl: Tools): Promise<void> {
  assert.match(await kubectl.run('get', 'nodes'), /\bReady\b/)
  assert.match(await kubectl.run('cluster-info'), /Kubernetes control plane/)
  assert.match(await kubectl.run('version'), /Server Version: v1\.36/)
  assert.match(await kubectl.run('api-resources'), /deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/)
  assert.match(await kubectl.run('explain', 'pod.spec.containers'), /FIELD: containers/)
  await kubectl.run('get', 'pods', '-A')
}

async function deploys(kubectl: Tools): Promise<void> {
  using watch = await startedWatch(kubectl)
  await kubectl.run('apply', '-f', 'examples/nginx-v1.yaml')
  await kubectl.run('rollout', 'status', 'deployment/nginx', '--timeout=60s')
  for (const step of [/nginx\S+\s+0\/1\s+Pending/, /ContainerCreating/, /1\/1\s+Running/]) {
    await eventually(
      async () => watch.output.text,
      (text) => step.test(text),
      `the watch shows ${step}`,
    )
  }
  await serves(kubectl, /version 1/)
}

/** Nobody schedules it: it waits. */
const waitingPod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'waiting' },
  spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'navarch.dev/nginx:v1' }] },
})

/** A watch of the pods that has begun, as the pod that was there before it shows. */
async function startedWatch(kubectl: Tools) {
  assert.equal((await kubectl.outcome(['apply', '-f', '-'], waitingPod)).status, 0)
  const watch = kubectl.start('get', 'pods', '--watch')
  await eventually(
    async () => watch.output.text,
    (text) => text.includes('waiting'),
    'the watch shows what is there',
  )
  await kubectl.run('delete', 'pod', 'waiting', '--now')
  return watch
}

async function updatesAndGoesBack(kubectl: Tools): Promise<void> {
  await kubectl.run('apply', '-f', 'examples/nginx-v2.yaml')
  assert.match(await kubectl.run('rollout', 'status', 'deployment/nginx', '--timeout=60s'), /successfully rolled out/)
  await serves(kubectl, /version 2/)
  assert.match(await kubectl.run('rollout', 'history', 'deployment/nginx'), /1\s+<none>\n2\s+<none>/)
  await kubectl.run('rollout', 'undo', 'deployment/nginx')
  await kubectl.run('rollout', 'status', 'deployment/nginx', '--timeout=60s')
  await serves(kubectl, /version 1/)
}

async function scalesAndTells(kubectl: Tools): Promise<void> {
  const four = readFileSync('examples/nginx-v1.yaml', 'utf8').replace('replicas: 2', 'replicas: 4')
  assert.equal((await kubectl.outcome(['apply', '-f', '-'], four)).status, 0)
  await eventually(
    () => readyPods(kubectl),
    (pods) => pods.length === 4,
    'four pods run',
  )
  await kubectl.run('scale', 'deployment/nginx', '--replicas=1')
  const [pod = ''] = await eventually(
    () => allPods(kubectl),
    (pods) => pods.length === 1,
    'one pod is left',
  )
  assert.match(await kubectl.run('describe', 'deployment/nginx'), /ScalingReplicaSet/)
  assert.match(await kubectl.run('describe', 'pod', pod), /Started\s+.*kubelet/)
  assert.match(await kubectl.run('describe', 'node'), /KubeletReady/)
}

async function talksToContainers(kubectl: Tools): Promise<void> {
  const [pod = ''] = await allPods(kubectl)
  assert.equal(await kubectl.run('exec', pod, '--', 'sh', '-c', 'echo hello'), 'hello\n')
  assert.equal((await kubectl.outcome(['exec', pod, '--', 'sh', '-c', 'exit 7'])).status, 7)
  using logs = kubectl.start('logs', '-f', pod)
  using forward = kubectl.start('port-forward', pod, ':80')
  const port = await eventually(
    async () => /127\.0\.0\.1:(\d+)/.exec(forward.output.text)?.[1],
    (text) => text !== undefined,
    'port-forward listens',
  )
  assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /version 1/)
  await eventually(
    async () => logs.output.text,
    (text) => /GET \//.test(text),
    'the log shows the request',
  )
}

async function healsItself(kubectl: Tools): Promise<void> {
  const [pod = ''] = await allPods(kubectl)
  await kubectl.outcome(['exec', pod, '--', 'sh', '-c', 'kill 1'])
  await eventually(
    () => kubectl.run('get', 'pod', pod),
    (text) => /1\/1\s+Running\s+1/.test(text),
    'the container runs again',
  )
  await kubectl.run('delete', 'pod', pod)
  await eventually(
    () => readyPods(kubectl),
    (pods) => pods.length === 1 && pods[0] !== pod,
    'another pod takes its place',
  )
}

async function survivesKills(cluster: TestCluster, kubectl: Tools): Promise<void> {
  const [pod = ''] = await allPods(kubectl)
  const address = await kubectl.run('get', 'pod', pod, '-o', 'jsonpath={.status.podIP}')
  const container = await containerId(kubectl, pod)
  await kubectl.run('create', 'configmap', 'kept', '--from-literal=a=b')
  for (const name of ['server', 'agent']) {
    process.kill(Number(readFileSync(join(cluster.dataDir, 'run', `${name}.pid.child`), 'utf8')), 'SIGKILL')
    assert.match(await (await fetch(`http://${address}/`)).text(), /version 1/)
    await eventually(
      () => kubectl.outcome(['get', 'configmap', 'kept']),
      ({ status }) => status === 0,
      `everything is there after the ${name} was killed`,
    )
  }
  await eventually(
    () => kubectl.run('get', 'nodes'),
    (text) => /\bReady\b/.test(text),
    'the node is Ready again',
  )
  assert.equal(await containerId(kubectl, pod), container, 'nothing was restarted')
  await kubectl.run('scale', 'deployment/nginx', '--replicas=2')
  await eventually(
    () => readyPods(kubectl),
    (pods) => pods.length === 2,
    'controllers, scheduler and kubelet go on where they were',
  )
}

async function removesAll(kubectl: Tools): Promise<void> {
  await kubectl.run('delete', 'deployment', 'nginx')
  await eventually(
    () => kubectl.run('get', 'replicasets,pods', '-o', 'name'),
    (text) => text === '',
    'replica sets and pods go with their deployment',
  )
}

async function goesDownAndComesBack(cluster: TestCluster, kubectl: Tools, slot: number): Promise<void> {
  assert.match(await cluster.navarch('status'), /server\s+running/)
  await cluster.navarch('down')
  assert.deepEqual(tracesOf(cluster, slot), [], 'the machine is as it was')
  await cluster.navarch('up', ...upArguments(slot), '--kubeconfig', cluster.kubeconfig)
  assert.match(await kubectl.run('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}'), /b/)
}

/** Processes, mounts, the bridge and cgroups that a cluster may leave behind. */
function tracesOf(cluster: TestCluster, slot: number): readonly string[] {
  const lines = (program: string, ...args: readonly string[]) => execFileSync(program, args, { encoding: 'utf8' }).split('\n')
  return [
    ...lines('ps', '-eo', 'args').filter((line) => line.includes(cluster.dataDir) && !line.startsWith('ps ')),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(cluster.dataDir)),
    ...lines('ip', '-o', 'link').filter((line) => line.includes(`nve${slot}`)),
    ...lines('find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', `navarch-e2e-${slot}`).filter((line) => line !== ''),
  ]
}

/** Every pod that is left serves this version. */
async function serves(kubectl: Tools, version: RegExp): Promise<void> {
  const pages = async () => {
    const addresses = await kubectl.run('get', 'pods', '-l', 'app=nginx', '-o', 'jsonpath={.items[*].status.podIP}')
    return await Promise.all(addresses.split(' ').map((address) => fetch(`http://${address}/`).then((answer) => answer.text(), String)))
  }
  await eventually(pages, (texts) => texts.every((text) => version.test(text)), `pods serve ${version}`)
}

async function allPods(kubectl: Tools): Promise<readonly string[]> {
  const text = await kubectl.run('get', 'pods', '-l', 'app=nginx', '-o', 'jsonpath={.items[*].metadata.name}')
  return text.split(' ').filter((name) => name !== '')
}

async function readyPods(kubectl: Tools): Promise<readonly string[]> {
  const text = await kubectl.run('get', 'pods', '-l', 'app=nginx', '--no-headers')
  return [...text.matchAll(/^(\S+)\s+1\/1\s+Running/gm)].map(([, name = '']) => name)
}

async function containerId(kubectl: Tools, pod: string): Promise<string> {
  return await kubectl.run('get', 'pod', pod, '-o', 'jsonpath={.status.containerStatuses[0].containerID}')
}
