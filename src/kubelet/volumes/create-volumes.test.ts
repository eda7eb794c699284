import assert from 'node:assert/strict'
import { chmod, lstat, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLog } from '#base/env/log'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import { InformerCache } from '#client/informer-cache'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { ConfigMap, PodSpec, Secret, Volume } from '#kinds/core/types.gen'
import { StartError } from '../pods/start-error.ts'
import { ObjectWatcher } from '../references/object-watcher.ts'
import { ObjectApi } from '../references/testdata/object-api.ts'
import { createVolumes } from './create-volumes.ts'
import { mountsBelow, unmount } from './mount-table.ts'

const skip = process.getuid?.() === 0 ? false : 'needs root: it mounts tmpfs'
const signal = new AbortController().signal
const settings: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'a', name: 'settings' },
  data: { color: 'red', size: 'big' },
}
const password: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'a', name: 'password' }, data: { pw: 'aHVudGVyMg==' } }

function podOf(volumes: readonly Volume[], spec: Partial<PodSpec> = {}): Pod {
  const metadata = {
    name: 'p',
    namespace: 'a',
    uid: 'u1',
    resourceVersion: '1',
    labels: { app: 'web', tier: 'x' },
    annotations: { note: 'a "b"' },
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c' }], volumes, ...spec }, status: {} }
}

async function setUp() {
  const rootDir = await mkdtemp(join(tmpdir(), 'navarch-volumes-'))
  const api = new ObjectApi()
  const clock = new VirtualClock()
  const pods = new InformerCache(Pod)
  const deps = { clock, random: seededRandom(1), log: silentLog, client: api.client }
  const changes = { count: 0 }
  const start = () => {
    const references = new ObjectWatcher(deps)
    const volumes = createVolumes({
      ...deps,
      references,
      rootDir,
      pods,
      nodeName: 'n',
      allocatable: () => ({ cpu: '2', memory: '1Gi' }),
      onChange: () => changes.count++,
    })
    return { volumes, end: async () => Promise.all([volumes[Symbol.asyncDispose](), references[Symbol.asyncDispose]()]) }
  }
  const { volumes, end } = start()
  return {
    rootDir,
    api,
    clock,
    pods,
    changes,
    volumes,
    start,
    end,
    /** Lets file changes through that follow an event: they take real time. */
    async until(isTrue: () => Promise<boolean>): Promise<void> {
      for (let round = 0; round < 2000 && !(await isTrue()); round++) await clock.advance(0)
      assert.ok(await isTrue(), 'did not come true')
    },
    async [Symbol.asyncDispose]() {
      await end()
      await volumes.unmount('u1')
      for (const mountPoint of await mountsBelow(rootDir)) await unmount(mountPoint)
      await rm(rootDir, { recursive: true })
    },
  }
}

const mode = async (path: string) => `0${((await stat(path)).mode & 0o7777).toString(8)}`
const text = (path: string) => readFile(path, 'utf8')

test('emptyDir: open to all, given to the fsGroup, in memory with a size', { skip }, async () => {
  await using world = await setUp()
  const pod = podOf(
    [
      { name: 'disk', emptyDir: {} },
      { name: 'ram', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ],
    { securityContext: { fsGroup: 1234 } },
  )
  const mounted = await world.volumes.mount(pod, signal)
  const [disk = '', ram = ''] = [mounted.get('disk')?.hostPath, mounted.get('ram')?.hostPath]
  assert.equal(disk, join(world.rootDir, 'pods/u1/volumes/kubernetes.io~empty-dir/disk'))
  for (const directory of [disk, ram]) {
    assert.equal(await mode(directory), '02777')
    assert.equal((await stat(directory)).gid, 1234)
  }
  assert.deepEqual(await mountsBelow(world.rootDir), [ram])
  await assert.rejects(writeFile(join(ram, 'big'), Buffer.alloc(2 << 20)), /ENOSPC/)
  await chmod(disk, 0o700)
  await world.volumes.mount(pod, signal)
  assert.equal(await mode(disk), '0700', 'what is ready is left alone')
})

test('configMap and secret: links through ..data, items, modes; a change shows as a whole', { skip }, async () => {
  await using world = await setUp()
  world.api.put(settings)
  world.api.put(password)
  const items = [{ key: 'color', path: 'deep/colour', mode: 0o400 }]
  const mounted = await world.volumes.mount(
    podOf([
      { name: 'all', configMap: { name: 'settings' } },
      { name: 'some', configMap: { name: 'settings', items } },
      { name: 'pw', secret: { secretName: 'password', defaultMode: 0o440 } },
    ]),
    signal,
  )
  const at = (volume: string, path: string) => join(mounted.get(volume)?.hostPath ?? '', path)
  assert.equal(await text(at('all', 'color')), 'red')
  assert.equal(await readlink(at('all', 'color')), '..data/color')
  assert.match(await readlink(at('all', '..data')), /^\.\.2026_01_01_00_00_00\./)
  assert.equal(await mode(at('all', 'color')), '0644')
  assert.deepEqual(
    (await readdir(at('some', ''))).filter((name) => !name.startsWith('..')),
    ['deep'],
  )
  assert.equal(await mode(at('some', 'deep/colour')), '0400')
  assert.equal(await text(at('pw', 'pw')), 'hunter2')
  assert.deepEqual(await mountsBelow(world.rootDir), [join(world.rootDir, 'memory-volumes')])
  assert.equal(at('pw', ''), join(world.rootDir, 'memory-volumes/u1/pw'))
  assert.equal(await text(join(world.rootDir, 'pods/u1/volumes/kubernetes.io~secret/pw/pw')), 'hunter2')
  assert.deepEqual([mounted.get('all')?.isReadOnly, mounted.get('pw')?.isReadOnly], [true, true])

  const before = await readlink(at('all', '..data'))
  world.api.put({ ...settings, data: { color: 'blue', shape: 'round' } })
  await world.until(async () => (await readlink(at('all', '..data'))) !== before && (await readdir(at('all', ''))).length === 4)
  assert.deepEqual((await readdir(at('all', ''))).filter((name) => !name.startsWith('..')).sort(), ['color', 'shape'])
  assert.equal(await text(at('all', 'color')), 'blue')
  await world.until(async () => (await text(at('some', 'deep/colour'))) === 'blue')
})

for (const [why, volume, message] of [
  ['a missing configMap', { configMap: { name: 'none' } }, 'configmap "none" not found'],
  ['a missing secret', { secret: { secretName: 'none' } }, 'secret "none" not found'],
  [
    'a missing key',
    { configMap: { name: 'settings', items: [{ key: 'x', path: 'x' }] } },
    'configmap references non-existent config key: x',
  ],
  [
    'a path that leaves the volume',
    { configMap: { name: 'settings', items: [{ key: 'color', path: '../x' }] } },
    "invalid path: must not contain '..': ../x",
  ],
  ['a type of volume that nobody knows', { nfs: { server: 's', path: '/' } }, 'volumes of type nfs are not supported by this node'],
  [
    'a host path that is no directory',
    { hostPath: { path: '/proc/version', type: 'Directory' } },
    'hostPath type check failed: /proc/version is not a directory',
  ],
  [
    'a host path that is not there',
    { hostPath: { path: '/nonexistent', type: 'Socket' } },
    'hostPath type check failed: /nonexistent is not a socket file',
  ],
] as const) {
  test(`FailedMount: ${why}`, { skip }, async () => {
    await using world = await setUp()
    world.api.put(settings)
    const failure = world.volumes.mount(podOf([{ name: 'v', ...volume }]), signal)
    await assert.rejects(failure, (error) => {
      assert.ok(error instanceof StartError)
      assert.deepEqual([error.reason, error.message], ['FailedMount', `MountVolume.SetUp failed for volume "v" : ${message}`])
      return true
    })
  })
}

test('what was missing may come later; what is optional may be missing and come later too', { skip }, async () => {
  await using world = await setUp()
  const pod = podOf([
    { name: 'v', configMap: { name: 'settings' } },
    { name: 'o', secret: { secretName: 'password', optional: true } },
  ])
  await assert.rejects(world.volumes.mount(pod, signal), /configmap "settings" not found/)
  await world.clock.advance(0)
  assert.equal(world.changes.count, 0)
  world.api.put(settings)
  await world.clock.advance(0)
  assert.equal(world.changes.count, 1, 'whoever waits is told at once')
  const mounted = await world.volumes.mount(pod, signal)
  assert.equal(await text(join(mounted.get('v')?.hostPath ?? '', 'size')), 'big')
  const optional = mounted.get('o')?.hostPath ?? ''
  assert.deepEqual(
    (await readdir(optional)).filter((name) => !name.startsWith('..')),
    [],
  )
  world.api.put(password)
  await world.until(async () => (await readdir(optional)).includes('pw'))
})

test('hostPath: made where the type says so', { skip }, async () => {
  await using world = await setUp()
  const path = join(world.rootDir, 'made')
  const mounted = await world.volumes.mount(
    podOf([
      { name: 'd', hostPath: { path, type: 'DirectoryOrCreate' } },
      { name: 'c', hostPath: { path: '/dev/null', type: 'CharDevice' } },
    ]),
    signal,
  )
  assert.deepEqual(mounted.get('d'), { hostPath: path, isReadOnly: false })
  assert.equal(await mode(path), '0755')
})

test('downwardAPI follows the labels of the pod', { skip }, async () => {
  await using world = await setUp()
  const items = [
    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
    { path: 'note', fieldRef: { fieldPath: "metadata.annotations['note']" } },
    { path: 'memory', resourceFieldRef: { containerName: 'c', resource: 'limits.memory', divisor: '1Mi' } },
  ]
  const pod = podOf([{ name: 'v', downwardAPI: { items } }])
  world.pods.replace([pod], '1')
  const directory = (await world.volumes.mount(pod, signal)).get('v')?.hostPath ?? ''
  assert.equal(await text(join(directory, 'labels')), 'app="web"\ntier="x"')
  assert.equal(await text(join(directory, 'note')), 'a "b"')
  assert.equal(await text(join(directory, 'memory')), '1024')
  world.pods.apply('MODIFIED', { ...pod, metadata: { ...pod.metadata, resourceVersion: '2', labels: { app: 'api' } } })
  await world.until(async () => (await text(join(directory, 'labels'))) === 'app="api"')
})

test('projected: a bound token, renewed at four fifths of its life, for nobody but the pod', { skip }, async () => {
  await using world = await setUp()
  const asked: unknown[] = []
  world.api.onCreate = (path, body) => {
    asked.push([path, body])
    const expirationTimestamp = new Date(world.clock.nowMs() + 3607_000).toISOString()
    return { spec: { expirationSeconds: 3607 }, status: { token: `token-${asked.length}`, expirationTimestamp } }
  }
  world.api.put(settings)
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
    { configMap: { name: 'settings', items: [{ key: 'color', path: 'ca.crt' }] } },
  ]
  const pod = podOf([{ name: 'v', projected: { sources } }], {
    serviceAccountName: 'robot',
    securityContext: { fsGroup: 77, runAsUser: 1000 },
  })
  const directory = (await world.volumes.mount(pod, signal)).get('v')?.hostPath ?? ''
  const spec = { audiences: [], expirationSeconds: 3607, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'u1' } }
  assert.deepEqual(asked, [
    [
      '/api/v1/namespaces/a/serviceaccounts/robot/token',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec },
    ],
  ])
  const token = await stat(join(directory, 'token'))
  assert.deepEqual([token.uid, token.gid, token.mode & 0o777], [1000, 77, 0o640])
  assert.equal(await text(join(directory, 'ca.crt')), 'red')
  await world.clock.advance(3607_000 * 0.8 - 1000)
  assert.equal(asked.length, 1)
  await world.clock.advance(2000)
  await world.until(async () => (await text(join(directory, 'token'))) === 'token-2')
})

test('a new process keeps an old pod fresh, and takes it down without memory of it', { skip }, async () => {
  await using world = await setUp()
  world.api.put(settings)
  world.api.put(password)
  const pod = podOf([
    { name: 'm', configMap: { name: 'settings' } },
    { name: 's', secret: { secretName: 'password' } },
    { name: 'e', emptyDir: { medium: 'Memory' } },
  ])
  world.pods.replace([pod], '1')
  const directory = (await world.volumes.mount(pod, signal)).get('m')?.hostPath ?? ''
  await world.end()
  world.api.put({ ...settings, data: { color: 'green' } })
  const next = world.start()
  assert.deepEqual(await next.volumes.podUids(), ['u1'])
  await world.until(async () => (await text(join(directory, 'color'))) === 'green')
  await next.end()
  const last = world.start()
  await last.volumes.unmount('u1')
  await last.volumes.unmount('u1')
  assert.deepEqual(await mountsBelow(world.rootDir), [join(world.rootDir, 'memory-volumes')])
  assert.deepEqual(await readdir(join(world.rootDir, 'memory-volumes')), [])
  await assert.rejects(lstat(join(world.rootDir, 'pods/u1/volumes')), /ENOENT/)
  await last.end()
})

test('unmount ends the watches of a pod that never came up', { skip }, async () => {
  await using world = await setUp()
  await assert.rejects(world.volumes.mount(podOf([{ name: 'v', configMap: { name: 'none' } }]), signal))
  await world.clock.advance(0)
  assert.equal(world.api.openWatches.length, 1)
  await world.volumes.unmount('u1')
  await world.clock.advance(0)
  assert.deepEqual(world.api.openWatches, [])
})

test('a claim leads to a volume of this node; one that is not bound says so', { skip }, async () => {
  await using world = await setUp()
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'a', name: 'data', uid: 'c1' },
    spec: { volumeName: 'pv' },
  }
  const pod = podOf([{ name: 'v', persistentVolumeClaim: { claimName: 'data', readOnly: true } }], { securityContext: { fsGroup: 9 } })
  await assert.rejects(world.volumes.mount(pod, signal), /error processing PVC a\/data: failed to fetch PVC from API server/)
  world.api.put({ ...claim, status: { phase: 'Pending' } })
  await assert.rejects(world.volumes.mount(pod, signal), /error processing PVC a\/data: PVC is not bound/)
  world.api.put({ ...claim, status: { phase: 'Bound' } })
  const spec = { local: { path: world.rootDir }, claimRef: { uid: 'c1' } }
  world.api.put({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' }, spec })
  const mounted = await world.volumes.mount(pod, signal)
  assert.deepEqual(mounted.get('v'), { hostPath: world.rootDir, isReadOnly: true })
  const ephemeral = podOf([{ name: 'e', ephemeral: {} }])
  world.api.put({ ...claim, metadata: { ...claim.metadata, name: 'p-e' }, status: { phase: 'Bound' } })
  await assert.rejects(world.volumes.mount(ephemeral, signal), /was not created for pod a\/p \(pod is not owner\)/)
})
