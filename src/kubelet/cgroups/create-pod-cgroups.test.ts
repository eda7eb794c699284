import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Container, Pod } from '#kinds/core/types.gen'
import { cgroupLayoutOf } from './cgroup-layout.ts'
import { createPodCgroups, removeCgroupRoot } from './create-pod-cgroups.ts'
import { cpuWeightOf, podCgroupSettingsOf } from './pod-cgroup-settings.ts'

function podOf(
  uid: string,
  qosClass: string,
  containers: readonly Partial<Container>[],
  initContainers: readonly Partial<Container>[] = [],
): Pod {
  const named = (list: readonly Partial<Container>[]) => list.map((one, index) => ({ name: `c${index}`, ...one }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { uid },
    spec: { containers: named(containers), initContainers: named(initContainers) },
    status: { qosClass },
  }
}

const quarter = { resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } } }

for (const [why, pod, want] of [
  ['besteffort has the least', podOf('a', 'BestEffort', [{}]), { cpuShares: 2 }],
  ['requests add up', podOf('a', 'Burstable', [quarter, quarter]), { cpuShares: 512, cpuQuotaUs: 100_000, memoryLimitBytes: 256 << 20 }],
  ['no limit where one container has none', podOf('a', 'Burstable', [quarter, {}]), { cpuShares: 256 }],
  [
    'a large init container counts alone',
    podOf('a', 'Burstable', [quarter], [{ resources: { requests: { cpu: '1' }, limits: { cpu: '2', memory: '1Gi' } } }]),
    { cpuShares: 1024, cpuQuotaUs: 200_000, memoryLimitBytes: 1 << 30 },
  ],
  [
    'a sidecar counts beside the others',
    podOf('a', 'Burstable', [quarter], [{ ...quarter, restartPolicy: 'Always' }]),
    { cpuShares: 512, cpuQuotaUs: 100_000, memoryLimitBytes: 256 << 20 },
  ],
] as const) {
  test(`podCgroupSettingsOf: ${why}`, () => assert.deepEqual(podCgroupSettingsOf(pod), want))
}

test('shares become weights as upstream turns them', () => assert.deepEqual([2, 1024, 262_144].map(cpuWeightOf), [1, 39, 10_000]))

test('a hybrid machine is v1, a unified one v2', () => {
  const line = (path: string, type: string) => `30 24 0:26 / ${path} rw,relatime - ${type} none rw`
  assert.deepEqual(cgroupLayoutOf([line('/sys/fs/cgroup/cpu', 'cgroup'), line('/sys/fs/cgroup/unified', 'cgroup2')].join('\n')), {
    version: 1,
    mounts: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified'],
  })
  assert.deepEqual(cgroupLayoutOf(line('/sys/fs/cgroup', 'cgroup2')), { version: 2, mounts: ['/sys/fs/cgroup'] })
  assert.throws(() => cgroupLayoutOf(''), /no cgroup hierarchy is mounted/)
})

test('v2: weight, quota and limit are written, and a pod is removed', async () => {
  const mount = await mkdtemp(join(tmpdir(), 'navarch-cgroup-'))
  try {
    const directory = join(mount, 'conf/kubepods/podu1')
    await mkdir(directory, { recursive: true })
    for (const file of ['cpu.weight', 'cpu.max', 'memory.max']) await writeFile(join(directory, file), '')
    const cgroups = createPodCgroups({ root: '/conf', layout: { version: 2, mounts: [mount] } })
    assert.equal(await cgroups.ensure(podOf('u1', 'Guaranteed', [quarter])), '/conf/kubepods/podu1')
    const read = (file: string) => readFile(join(directory, file), 'utf8')
    assert.deepEqual([await read('cpu.weight'), await read('cpu.max'), await read('memory.max')], ['10', '50000 100000', `${128 << 20}`])
  } finally {
    await rm(mount, { recursive: true })
  }
})

const isRoot = process.getuid?.() === 0

test('on this machine, a pod cgroup is made in every hierarchy and taken away again', { skip: isRoot ? false : 'needs root' }, async () => {
  const layout = cgroupLayoutOf(await readFile('/proc/self/mountinfo', 'utf8'))
  const root = `/navarch-cgroup-test-${process.pid}`
  const cgroups = createPodCgroups({ root, layout })
  try {
    const path = await cgroups.ensure(podOf('u1', 'Burstable', [quarter]))
    await cgroups.ensure(podOf('u2', 'Burstable', [quarter]))
    await cgroups.ensure(podOf('u3', 'BestEffort', [{}]))
    assert.equal(path, `${root}/kubepods/burstable/podu1`)
    for (const mount of layout.mounts) assert.ok((await readdir(join(mount, path))).length > 0)
    if (layout.version === 1) {
      const read = async (file: string, at: string) => {
        const found = await Promise.all(
          layout.mounts.map((mount) => readFile(join(mount, root, 'kubepods', at, file), 'utf8').catch(() => '')),
        )
        return found.join('').trim()
      }
      assert.equal(await read('cpu.shares', 'burstable/podu1'), '256')
      assert.equal(await read('cpu.shares', 'burstable'), '512')
      assert.equal(await read('cpu.shares', 'besteffort'), '2')
      assert.equal(await read('cpu.cfs_quota_us', 'burstable/podu1'), '50000')
      assert.equal(await read('memory.limit_in_bytes', 'burstable/podu1'), `${128 << 20}`)
      assert.notEqual(await read('cpuset.cpus', 'burstable/podu1'), '')
    }
    for (const uid of ['u1', 'u2', 'u3', 'u3']) await cgroups.remove(uid)
    for (const mount of layout.mounts) await assert.rejects(readdir(join(mount, path)))
  } finally {
    await removeCgroupRoot({ root, layout })
    for (const mount of layout.mounts) await assert.rejects(readdir(join(mount, root)), /ENOENT/)
  }
})
