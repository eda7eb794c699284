/**
 * The kubelet's server over a real container: asked with real curl and real streams, with certificates and tokens that a
 * small stand-in for the API server judges; and probes, cgroups and log rotation beside it.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { arch } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { systemRandom } from '#base/env/random'
import { Client } from '#client/client'
import { InformerCache } from '#client/informer-cache'
import { Pod } from '#kinds/core/pod/pod.kind'
import { createPodCgroups, removeCgroupRoot } from '#kubelet/cgroups/create-pod-cgroups'
import { rotateIfLarge } from '#kubelet/logs/rotate-logs'
import { execProbe } from '#kubelet/probes/exec-probe'
import { PodRuntime } from '#kubelet/runtime/pod-runtime'
import { noRecord, type PodRecord, runtimeLabels } from '#kubelet/runtime/records'
import { type KubeletServer, startKubeletServer } from '#kubelet/server/kubelet-server'
import { UsageReader } from '#kubelet/stats/usage-reader'
import { type Containerd, startContainerd } from '#local/containerd/containerd'
import { loadImages } from '#local/images/image-store'
import { imageArchitecture, pauseImage, pauseImageName } from '#local/images/pause-image'
import { type Credential, createAuthority, issueCredential } from '#net/pki/authority'
import { dialExec } from '#net/streams/exec-client'
import { readExecOutcome } from '#net/streams/exec-outcome'
import { dialPortForward } from '#net/streams/port-forward'
import { testImage } from '../../tools/images/test-images.ts'

const skip = process.getuid?.() === 0 ? false : 'containers need root'
const run = promisify(execFile)
const cgroupRoot = `/navarch-kubelet-server-test-${process.pid}`
const served = { namespace: 'default', name: 'web', uid: 'web-uid' }

let directory = ''
let containerd: Containerd
let server: KubeletServer
let admin: Credential
let record: PodRecord = noRecord(served.uid, served.name, served.namespace)
let runtime: PodRuntime
const cgroups = createPodCgroups({ root: cgroupRoot })
const asked: string[] = []

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...served, resourceVersion: '1' },
  spec: { containers: [{ name: 'sh' }, { name: 'waiting' }] },
  status: {
    qosClass: 'BestEffort',
    containerStatuses: [
      { name: 'waiting', image: '', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff' } } },
    ],
  },
}

/** Knows the token `good`; the administrators' group and the metrics reader may do what they ask for. */
const apiServer = new Client({
  async request({ path, body }) {
    const { spec } = body as {
      spec: { token?: string; user?: string; groups?: readonly string[]; resourceAttributes?: { subresource: string; verb: string } }
    }
    if (path.endsWith('/tokenreviews')) {
      const user = { username: 'reader', groups: ['system:authenticated'] }
      return { status: 201, headers: {}, body: { status: spec.token === 'good' ? { authenticated: true, user } : {} } }
    }
    const { subresource = '', verb = '' } = spec.resourceAttributes ?? {}
    asked.push(`${spec.user} ${verb} ${subresource}`)
    const allowed = spec.groups?.includes('system:masters') === true || (spec.user === 'reader' && subresource === 'metrics')
    return { status: 201, headers: {}, body: { status: { allowed } } }
  },
  watch: () => Promise.reject(new Error('no watches here')),
  stream: () => Promise.reject(new Error('no streams here')),
})

before(async () => {
  if (skip !== false) return
  directory = await mkdtemp('/tmp/navarch-kubelet-server-')
  await startRuntime()
  await startPod()
  await startServer()
})

after(async () => {
  if (directory === '') return
  await server?.[Symbol.asyncDispose]()
  await containerd?.tearDown()
  await cgroups.remove(served.uid)
  await removeCgroupRoot({ root: cgroupRoot })
  await rm(directory, { recursive: true })
})

async function startRuntime(): Promise<void> {
  const paths = {
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    socket: join(directory, 'state/containerd.sock'),
    cniConfigDirectory: join(directory, 'cni'),
    cniPluginDirectories: ['/usr/lib/cni'],
    registryDirectory: join(directory, 'registries'),
  }
  containerd = await startContainerd(
    { paths, logFile: join(directory, 'containerd.log'), sandboxImage: pauseImageName },
    { clock: systemClock },
  )
  const store = { cri: containerd.cri, socket: paths.socket, clock: systemClock }
  await loadImages(store, await pauseImage(imageArchitecture(arch())))
  await loadImages(store, await testImage('shell-v1'))
  runtime = new PodRuntime(containerd.cri)
}

async function startPod(): Promise<void> {
  const labels = {
    [runtimeLabels.podName]: served.name,
    [runtimeLabels.podNamespace]: served.namespace,
    [runtimeLabels.podUid]: served.uid,
  }
  const cgroupParent = await cgroups.ensure(pod)
  const sandbox = {
    metadata: { ...served, attempt: 0 },
    logDirectory: join(directory, 'logs'),
    labels,
    linux: {
      cgroupParent,
      securityContext: { namespaceOptions: { network: 'NODE' as const, pid: 'CONTAINER' as const, ipc: 'POD' as const } },
    },
  }
  const sandboxId = await runtime.createSandbox(sandbox, '', new AbortController().signal)
  const script = 'i=0; while [ ! -e /stop ]; do i=$((i+1)); echo line $i; echo oops $i >&2; sleep 0.1; done'
  const container = {
    metadata: { name: 'sh', attempt: 0 },
    image: { image: 'navarch.dev/shell:v1' },
    command: ['/bin/sh', '-c', script],
    logPath: 'sh/0.log',
    labels: { ...labels, [runtimeLabels.containerName]: 'sh' },
  }
  await runtime.startContainer(await runtime.createContainer(sandboxId, container, sandbox))
  record = await runtime.observe(served.uid, served.name, served.namespace)
}

async function startServer(): Promise<void> {
  const validity = { nowMs: systemClock.nowMs(), validForMs: 3600_000 }
  const authority = await createAuthority('test', validity)
  const serving = await issueCredential(authority, {
    subject: { commonName: 'node', organizations: [] },
    usages: ['server'],
    hosts: ['127.0.0.1'],
    ...validity,
  })
  admin = await issueCredential(authority, {
    subject: { commonName: 'admin', organizations: ['system:masters'] },
    usages: ['client'],
    ...validity,
  })
  const stranger = await createAuthority('stranger', validity)
  const forged = await issueCredential(stranger, {
    subject: { commonName: 'admin', organizations: ['system:masters'] },
    usages: ['client'],
    ...validity,
  })
  for (const [name, { certificatePem, privateKeyPem }] of [
    ['admin', admin],
    ['forged', forged],
  ] as const) {
    await writeFile(join(directory, `${name}.crt`), certificatePem)
    await writeFile(join(directory, `${name}.key`), privateKeyPem)
  }
  const pods = new InformerCache(Pod)
  pods.replace([pod], '1')
  const deps = { clock: systemClock, random: systemRandom, log: silentLog, client: apiServer, cri: containerd.cri, runtime, pods }
  const workers = { uids: () => [served.uid], recordOf: () => record }
  const usage = new UsageReader({
    clock: systemClock,
    cri: containerd.cri,
    rootDir: directory,
    pods: () => pods.list(),
    recordOf: () => record,
  })
  await writeFile(join(directory, 'node.log'), 'of the node\n')
  server = await startKubeletServer(
    { ...deps, workers, usage },
    {
      nodeName: 'node',
      nodeLogDir: directory,
      server: { address: '127.0.0.1', port: 0, ...serving, clientCaPem: authority.certificatePem },
    },
  )
}

const as = (name: string) => ['--cert', join(directory, `${name}.crt`), '--key', join(directory, `${name}.key`)]

/** Status and body, as curl sees them. */
async function curl(path: string, ...args: readonly string[]): Promise<{ readonly status: number; readonly body: string }> {
  const { stdout } = await run('curl', [
    '-sk',
    '--max-time',
    '10',
    '-w',
    '\n%{http_code}',
    ...args,
    `https://127.0.0.1:${server.port}${path}`,
  ])
  const cut = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) }
}

test('nobody, a stranger and a bad token are not let in; others only to what is theirs', { skip }, async () => {
  assert.deepEqual(await curl('/pods'), { status: 401, body: 'Unauthorized' })
  assert.equal((await curl('/pods', ...as('forged'))).status, 401)
  assert.equal((await curl('/metrics', '-H', 'Authorization: Bearer bad')).status, 401)
  assert.equal((await curl('/metrics', '-H', 'Authorization: Bearer good')).status, 200)
  assert.deepEqual(await curl('/pods', '-H', 'Authorization: Bearer good'), {
    status: 403,
    body: 'Forbidden (user=reader, verb=get, resource=nodes, subresource(s)=[pods proxy])',
  })
  const before = asked.length
  await curl('/pods', '-H', 'Authorization: Bearer good')
  assert.equal(asked.length, before, 'decisions are kept for a while')
  assert.deepEqual(asked, ['reader get metrics', 'reader get pods', 'reader get proxy'])
})

test('health, pods, configuration, node logs', { skip }, async () => {
  assert.deepEqual(await curl('/healthz', ...as('admin')), { status: 200, body: 'ok' })
  assert.equal(JSON.parse((await curl('/pods', ...as('admin'))).body).items[0].metadata.name, 'web')
  assert.equal(JSON.parse((await curl('/runningpods/', ...as('admin'))).body).items[0].spec.containers[0].name, 'sh')
  assert.equal(JSON.parse((await curl('/configz', ...as('admin'))).body).kubeletconfig.kind, 'KubeletConfiguration')
  assert.deepEqual(await curl('/logs/node.log', ...as('admin')), { status: 200, body: 'of the node\n' })
  assert.equal((await curl('/logs/..%2f..%2fetc/passwd', ...as('admin'))).status, 404)
  assert.equal((await curl('/nothing', ...as('admin'))).status, 404)
  assert.equal((await curl('/pods', ...as('admin'), '-X', 'PUT')).status, 405)
})

test('usage and metrics', { skip }, async () => {
  const summary = JSON.parse((await curl('/stats/summary', ...as('admin'))).body)
  assert.equal(summary.node.nodeName, 'node')
  assert.equal(summary.pods[0].containers[0].name, 'sh')
  assert.ok(summary.pods[0].containers[0].memory.workingSetBytes > 0)
  const resource = (await curl('/metrics/resource', ...as('admin'))).body
  assert.match(resource, /^container_cpu_usage_seconds_total\{container="sh",namespace="default",pod="web"\} [\d.]+ \d{13}$/m)
  assert.match(resource, /^node_memory_working_set_bytes \d+ \d{13}$/m)
  assert.match((await curl('/metrics/cadvisor', ...as('admin'))).body, /^container_memory_working_set_bytes\{container="sh"/m)
  assert.match((await curl('/metrics', ...as('admin'))).body, /^kubelet_running_pods 1$/m)
})

test('logs: the tail, one stream, with times; what has no log says why', { skip }, async () => {
  const log = (query: string, container = 'sh', name = 'web') => curl(`/containerLogs/default/${name}/${container}${query}`, ...as('admin'))
  await curl('/containerLogs/default/web/sh?follow=true&limitBytes=30', ...as('admin'))
  assert.match((await log('')).body, /^(line 1\noops 1|oops 1\nline 1)\n/)
  assert.equal((await log('?tailLines=2')).body.trim().split('\n').length, 2)
  assert.doesNotMatch((await log('?stream=Stderr')).body, /line/)
  assert.match((await log('?timestamps=true&limitBytes=40')).body, /^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00) /)
  assert.deepEqual(await log('', 'sh', 'none'), { status: 404, body: 'pod does not exist' })
  assert.deepEqual(await log('', 'none'), { status: 404, body: 'container "none" not found in pod "web"' })
  assert.deepEqual(await log('', 'waiting'), {
    status: 400,
    body: 'container "waiting" in pod "web" is waiting to start: trying and failing to pull image',
  })
  assert.deepEqual(await log('?previous=true'), { status: 400, body: 'previous terminated container "sh" in pod "web" not found' })
  assert.equal((await log('?tailLines=x')).status, 400)
})

test('exec: over WebSocket and SPDY, with input, output and exit status', { skip }, async () => {
  const tls = { cert: admin.certificatePem, key: admin.privateKeyPem, rejectUnauthorized: false }
  const query = new URLSearchParams([
    ...['sh', '-c', 'cat; echo err >&2; exit 3'].map((word) => ['command', word]),
    ['input', '1'],
    ['output', '1'],
    ['error', '1'],
  ])
  const url = `https://127.0.0.1:${server.port}/exec/default/web/sh?${query}`
  for (const transport of ['websocket', 'spdy'] as const) {
    const streams = await dialExec({ url, tls }, { stdin: true, stdout: true, stderr: true, tty: false, transports: [transport] })
    assert.ok(streams.stdin && streams.stdout && streams.stderr)
    streams.stdin.end('hello')
    const [stdout, stderr, outcome] = await Promise.all([
      text(streams.stdout),
      text(streams.stderr),
      readExecOutcome(streams.error, streams.version),
    ])
    assert.deepEqual([stdout, stderr], ['hello', 'err\n'])
    assert.deepEqual([outcome.kind, outcome.kind === 'exit' && outcome.exitCode], ['exit', 3])
    streams.close()
  }
  assert.deepEqual(await curl('/run/default/web/sh?cmd=echo%20hi', ...as('admin'), '-X', 'POST'), { status: 200, body: 'hi\n' })
  assert.deepEqual(await curl('/exec/default/web/sh?command=ls&output=1', ...as('admin'), '-X', 'POST'), {
    status: 400,
    body: 'unable to upgrade: missing upgrade headers in request',
  })
  const refused = dialExec(
    { url: url.replace('/sh?', '/none?'), tls },
    { stdin: true, stdout: true, stderr: true, tty: false, transports: ['spdy'] },
  )
  await assert.rejects(refused, /unable to upgrade connection: container not found \("none"\)/)
})

test('attach shows what the container writes', { skip }, async () => {
  const tls = { cert: admin.certificatePem, key: admin.privateKeyPem, rejectUnauthorized: false }
  const url = `https://127.0.0.1:${server.port}/attach/default/web/sh?output=1`
  const streams = await dialExec({ url, tls }, { stdin: false, stdout: true, stderr: false, tty: false, transports: ['websocket', 'spdy'] })
  for await (const chunk of streams.stdout ?? []) {
    assert.match(String(chunk), /^line \d+\n/)
    break
  }
  streams.close()
})

test('port-forward reaches a server in the pod', { skip }, async () => {
  const tls = { cert: admin.certificatePem, key: admin.privateKeyPem, rejectUnauthorized: false }
  const url = `https://127.0.0.1:${server.port}/portForward/default/web`
  const forward = await dialPortForward({ url, tls }, ['spdy'])
  // The pod is on the host's network: what listens here listens there.
  await using echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const address = echo.address()
  assert.ok(typeof address === 'object' && address !== null)
  const connection = await forward.open(address.port)
  connection.data.end('there and back')
  assert.equal(await text(connection.data), 'there and back')
  const closed = await forward.open(1)
  assert.match(await text(closed.error), /refused/)
  forward.close()
  await forward.closed
})

test('an exec probe tells success, failure and a timeout apart', { skip }, async () => {
  const id = record.containers[0]?.id ?? ''
  assert.deepEqual(await execProbe(runtime, id, ['true'], 5), { result: 'success' })
  assert.deepEqual(await execProbe(runtime, id, ['sh', '-c', 'echo no; exit 1'], 5), { result: 'failure', message: 'no\n' })
  assert.deepEqual(await execProbe(runtime, id, ['sleep', '5'], 1), {
    result: 'failure',
    message: 'command timed out: "sleep 5" timed out after 1s',
  })
  assert.equal((await execProbe(runtime, 'no-such-container', ['true'], 1)).result, 'error')
})

test('the log is followed through a rotation to the end of the container', { skip }, async () => {
  const container = record.containers[0]
  assert.ok(container)
  const following = curl('/containerLogs/default/web/sh?follow=true&tailLines=1&stream=Stdout', ...as('admin'))
  await systemSleep(300)
  const reopen = async (containerId: string) => void (await containerd.cri.runtime.reopenContainerLog({ containerId }))
  await rotateIfLarge(
    { containerId: container.id, path: container.logPath },
    { clock: systemClock, log: silentLog, reopen },
    { bytesMax: 1, fileCountMax: 5 },
  )
  await systemSleep(300)
  await runtime.exec(container.id, ['touch', '/stop'], 5)
  const { body } = await following
  const numbers = [...body.matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number))
  assert.ok(numbers.length > 4, body)
  for (const [index, number] of numbers.entries()) assert.equal(number, (numbers[0] ?? 0) + index, 'no line is lost or doubled')
  const files = await readdir(join(directory, 'logs/sh'))
  assert.equal(files.length, 2)
  const last = (await readFile(container.logPath, 'utf8'))
    .trim()
    .split('\n')
    .findLast((line) => line.includes(' stdout '))
  assert.ok(last?.endsWith(`line ${numbers.at(-1)}`))
})

function systemSleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => systemClock.setTimer(delayMs, resolve))
}
