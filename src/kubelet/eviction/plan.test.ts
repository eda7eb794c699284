import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PodSpec } from '#kinds/core/types.gen'
import { evictionMessage, metThresholds, mostUrgent, type PodUse, thresholdsDefault, victimOf } from './plan.ts'
import { bytesBelow, limitedVolumesOf, storageExcessOf } from './storage-limits.ts'

const mebi = 1 << 20
const plenty = { available: 90, capacity: 100 }
const readings = {
  'memory.available': { available: 50 * mebi, capacity: 4096 * mebi },
  'nodefs.available': plenty,
  'nodefs.inodesFree': plenty,
}

function useOf(name: string, memoryMebi: number, spec: Partial<PodSpec> = {}, request?: string): PodUse {
  const containers = [{ name: 'c', ...(request === undefined ? {} : { resources: { requests: { memory: request } } }) }]
  return {
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: name }, spec: { containers, ...spec }, status: {} },
    containers: [{ name: 'c', memoryBytes: memoryMebi * mebi, diskBytes: memoryMebi * mebi, inodes: 1 }],
  }
}

const [met] = metThresholds(readings, thresholdsDefault)
assert.ok(met)

test('a threshold is met below its amount or share', () => {
  assert.deepEqual([met.threshold.signal, met.limit], ['memory.available', 100 * mebi])
  const full = metThresholds({ ...readings, 'nodefs.available': { available: 9, capacity: 100 } }, thresholdsDefault)
  assert.deepEqual(
    full.map(({ threshold }) => threshold.signal),
    ['memory.available', 'nodefs.available'],
  )
  assert.equal(mostUrgent(full.toReversed())?.threshold.signal, 'memory.available')
  assert.deepEqual(
    metThresholds({ 'memory.available': plenty, 'nodefs.available': plenty, 'nodefs.inodesFree': { available: 0, capacity: 0 } }, [
      { signal: 'nodefs.inodesFree', share: 0.05 },
    ]),
    [],
  )
})

for (const [why, pods, want] of [
  ['who uses more than asked for goes first', [useOf('modest', 90, {}, '100Mi'), useOf('greedy', 20, { priority: 5 }, '10Mi')], 'greedy'],
  ['then who matters least', [useOf('high', 90, { priority: 10 }), useOf('low', 20, { priority: 1 })], 'low'],
  ['then who is furthest above', [useOf('small', 20), useOf('large', 90)], 'large'],
  ['never what the node needs', [useOf('critical', 90, { priority: 2_000_001_000 })], undefined],
  ['nobody where there is nobody', [], undefined],
] as const) {
  test(`victimOf: ${why}`, () => assert.equal(victimOf(met, pods)?.pod.metadata.name, want))
}

test('the message says what was short and who had too much', () => {
  assert.equal(
    evictionMessage(met, useOf('p', 20, {}, '10Mi')),
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container c was using 20Mi, request is 10Mi, has larger consumption of memory. ',
  )
})

test('limits of emptyDir and of containers are kept', async () => {
  const use = useOf('p', 3, {
    volumes: [
      { name: 'v', emptyDir: { sizeLimit: '1Mi' } },
      { name: 'ram', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ],
  })
  assert.deepEqual(limitedVolumesOf(use.pod), ['v'])
  const directory = await mkdtemp(join(tmpdir(), 'navarch-eviction-'))
  try {
    assert.equal(storageExcessOf(use, new Map([['v', await bytesBelow(directory)]])), undefined)
    await writeFile(join(directory, 'big'), Buffer.alloc(2 * mebi, 1))
    assert.equal(
      storageExcessOf(use, new Map([['v', await bytesBelow(directory)]])),
      'Usage of EmptyDir volume "v" exceeds the limit "1Mi". ',
    )
  } finally {
    await rm(directory, { recursive: true })
  }
  const limited = useOf('p', 3, { containers: [{ name: 'c', resources: { limits: { 'ephemeral-storage': '2Mi' } } }] })
  assert.equal(storageExcessOf(limited, new Map()), 'Container c exceeded its local ephemeral storage limit "2Mi". ')
})
