import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#kinds/core/types.gen'
import { bestFirst } from './best-pod.ts'

type Facts = {
  readonly node?: string
  readonly phase?: string
  readonly readySince?: string
  readonly restarts?: number
  readonly created?: string
}

function podOf(name: string, { node = 'n', phase = 'Running', readySince, restarts = 0, created = '2026-01-01T00:00:00Z' }: Facts): Pod {
  const conditions = readySince === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: readySince }]
  const containerStatuses = [{ name: 'c', image: '', imageID: '', ready: true, restartCount: restarts }]
  const metadata = { name, creationTimestamp: created }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [], nodeName: node },
    status: { phase, conditions, containerStatuses },
  }
}

for (const [why, better, worse] of [
  ['one with a node', {}, { node: '' }],
  ['one that runs', {}, { phase: 'Pending' }],
  ['one that is ready', { readySince: '2026-01-01T00:00:00Z' }, {}],
  ['one that has been ready for longer', { readySince: '2026-01-01T00:00:00Z' }, { readySince: '2026-01-02T00:00:00Z' }],
  ['the older one', {}, { created: '2026-01-02T00:00:00Z' }],
] as const) {
  test(`bestFirst: ${why}`, () => {
    const pods = [podOf('worse', worse), podOf('better', better)]
    assert.equal(bestFirst(pods, 'few-first')[0]?.metadata.name, 'better')
  })
}

test('whether restarts are good depends on what is wanted', () => {
  const pods = [podOf('calm', {}), podOf('restless', { restarts: 3 })]
  assert.equal(bestFirst(pods, 'few-first')[0]?.metadata.name, 'calm')
  assert.equal(bestFirst(pods, 'many-first')[0]?.metadata.name, 'restless')
})
