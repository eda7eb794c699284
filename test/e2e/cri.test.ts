/**
 * The way down to a running container without any Kubernetes above it: a private containerd, our own pause image, a sandbox on the
 * host's network and one behind a CNI bridge, logs, exec over SPDY, and nothing left at the end.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Draft } from '#base/encoding/protobuf'
import { systemClock } from '#base/env/clock'
import { type Containerd, startContainerd } from '#local/containerd/containerd'
import { mountsBelow, shimsOf } from '#local/containerd/leftovers'
import { listImages, loadImages } from '#local/images/image-store'
import { imageArchitecture, pauseImage, pauseImageName } from '#local/images/pause-image'
import type { PodSandboxConfig } from '#net/cri/cri.gen'
import { dialExec } from '#net/streams/exec-client'
import { readExecOutcome } from '#net/streams/exec-outcome'
import { testImage } from '../../tools/images/test-images.ts'

const skip = process.getuid?.() === 0 ? false : 'containers need root'
const deps = { clock: systemClock }

let directory = ''
let containerd: Containerd
let paths: Parameters<typeof startContainerd>[0]['paths']

before(async () => {
  if (skip !== false) return
  directory = await mkdtemp('/tmp/navarch-cri-')
  paths = {
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    socket: join(directory, 'state/containerd.sock'),
    cniConfigDirectory: join(directory, 'cni'),
    cniPluginDirectories: ['/usr/lib/cni'],
    registryDirectory: join(directory, 'registries'),
  }
  containerd = await startContainerd({ paths, logFile: join(directory, 'containerd.log'), sandboxImage: pauseImageName }, deps)
  const store = { cri: containerd.cri, socket: paths.socket, clock: systemClock }
  assert.deepEqual(await loadImages(store, await pauseImage(imageArchitecture(arch()))), [pauseImageName])
  await loadImages(store, await testImage('shell-v1'))
  await loadImages(store, await testImage('nginx-v1'))
  const tags = (await listImages(store)).flatMap((image) => image.repoTags).toSorted()
  assert.deepEqual(tags, ['navarch.dev/nginx:v1', pauseImageName, 'navarch.dev/shell:v1'])
})

after(async () => {
  if (directory === '') return
  await containerd.tearDown()
  assert.deepEqual(await shimsOf(paths.socket), [])
  assert.deepEqual(mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [directory]), [])
  await rm(directory, { recursive: true })
  // The bridge and the pods' cgroups belong to whoever asked for them: a kubelet, here the test.
  spawnSync('ip', ['link', 'delete', 'nvcritest0'])
  for (const hierarchy of await readdir('/sys/fs/cgroup')) {
    const parent = join('/sys/fs/cgroup', hierarchy, 'navarch-cri-test')
    spawnSync('find', [parent, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'])
  }
  spawnSync('find', ['/sys/fs/cgroup/navarch-cri-test', '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'])
})

function sandboxConfig(name: string, network: 'NODE' | 'POD'): Draft<PodSandboxConfig> {
  return {
    metadata: { name, namespace: 'default', uid: `${name}-uid`, attempt: 0 },
    logDirectory: join(directory, 'logs', name),
    linux: { cgroupParent: `/navarch-cri-test/${name}`, securityContext: { namespaceOptions: { network, pid: 'CONTAINER', ipc: 'POD' } } },
  }
}

async function runContainer(
  sandbox: Draft<PodSandboxConfig>,
  image: string,
  command: readonly string[],
): Promise<{ podSandboxId: string; containerId: string }> {
  const { runtime } = containerd.cri
  const { podSandboxId } = await runtime.runPodSandbox({ config: sandbox })
  const config = { metadata: { name: 'main', attempt: 0 }, image: { image }, command, logPath: 'main.log', linux: {} }
  const { containerId } = await runtime.createContainer({ podSandboxId, config, sandboxConfig: sandbox })
  await runtime.startContainer({ containerId })
  return { podSandboxId, containerId }
}

async function eventually(claim: () => Promise<boolean>): Promise<void> {
  for (const deadlineMs = performance.now() + 10_000; !(await claim()); await delay(20)) assert(performance.now() < deadlineMs, 'in time')
}

test('a container runs, logs, and takes commands over its streams', { skip }, async () => {
  const sandbox = sandboxConfig('host', 'NODE')
  const { containerId } = await runContainer(sandbox, 'navarch.dev/shell:v1', [
    'sh',
    '-c',
    'echo hello; trap "exit 3" TERM; while :; do sleep 0.1; done',
  ])
  await eventually(async () => / stdout F hello\n/.test(await readFile(join(directory, 'logs/host/main.log'), 'utf8')))

  const options = { stdin: true, stdout: true, stderr: true, tty: false }
  const { url } = await containerd.cri.runtime.exec({ containerId, cmd: ['sh', '-c', 'cat; echo oops >&2; exit 7'], ...options })
  const streams = await dialExec({ url }, { ...options, transports: ['spdy'] })
  streams.stdin?.end('through the pipe')
  assert(streams.stdout !== undefined && streams.stderr !== undefined)
  const [output, errors, outcome] = await Promise.all([
    text(streams.stdout),
    text(streams.stderr),
    readExecOutcome(streams.error, streams.version),
  ])
  assert.equal(output, 'through the pipe')
  assert.equal(errors, 'oops\n')
  assert.equal(outcome.kind === 'exit' && outcome.exitCode, 7)
  streams.close()
  await streams.closed

  await containerd.cri.runtime.stopContainer({ containerId, timeout: 5 })
  const { status } = await containerd.cri.runtime.containerStatus({ containerId })
  assert.deepEqual([status?.state, status?.exitCode], ['CONTAINER_EXITED', 3])
})

test('a sandbox behind a bridge has an address, and nginx answers there', { skip }, async () => {
  const bridge = {
    cniVersion: '0.4.0',
    name: 'navarch-cri-test',
    plugins: [
      {
        type: 'bridge',
        bridge: 'nvcritest0',
        isGateway: true,
        ipam: { type: 'host-local', dataDir: join(directory, 'ipam'), ranges: [[{ subnet: '10.213.77.0/24' }]] },
      },
    ],
  }
  await writeFile(join(paths.cniConfigDirectory, '10-bridge.conflist'), JSON.stringify(bridge))
  await eventually(async () => {
    const { status } = await containerd.cri.runtime.status({})
    return status?.conditions.some((condition) => condition.type === 'NetworkReady' && condition.status) ?? false
  })
  const { podSandboxId } = await runContainer(sandboxConfig('bridged', 'POD'), 'navarch.dev/nginx:v1', [])
  const { status } = await containerd.cri.runtime.podSandboxStatus({ podSandboxId })
  assert.match(status?.network?.ip ?? '', /^10\.213\.77\./)
  await eventually(() =>
    fetch(`http://${status?.network?.ip}/`).then(
      async (response) => /version 1/.test(await response.text()),
      () => false,
    ),
  )
  await eventually(async () => /GET \/ HTTP/.test(await readFile(join(directory, 'logs/bridged/main.log'), 'utf8')))
})
