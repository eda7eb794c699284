import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Container, Pod, PodSpec } from '#kinds/core/types.gen'
import { podQuantities } from './pod-resources.ts'

function container(cpu: string, restartPolicy?: string): Container {
  return { name: 'c', restartPolicy, resources: { requests: { cpu }, limits: { cpu } } }
}

const podOf = (spec: PodSpec): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec, status: {} })

for (const [why, spec, wanted] of [
  ['containers add up', { containers: [container('100m'), container('1')] }, { cpu: '1100m' }],
  ['the hungriest step of the start counts', { initContainers: [container('2')], containers: [container('1')] }, { cpu: '2' }],
  ['sidecars add to the containers', { initContainers: [container('1', 'Always')], containers: [container('1')] }, { cpu: '2' }],
  [
    'sidecars add to the steps behind them',
    { initContainers: [container('1', 'Always'), container('3')], containers: [container('1')] },
    { cpu: '4' },
  ],
  ['overhead is added', { containers: [container('1')], overhead: { cpu: '500m' } }, { cpu: '1500m' }],
] as const) {
  test(`podQuantities: ${why}`, () => assert.deepEqual(podQuantities(podOf(spec), 'requests'), wanted))
}

test('overhead does not make a limit where there is none', () => {
  assert.deepEqual(podQuantities(podOf({ containers: [{ name: 'c' }], overhead: { cpu: '1' } }), 'limits'), {})
})
