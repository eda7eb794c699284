import assert from 'node:assert/strict'
import { test } from 'node:test'
import { podTotals } from '#domain/pod-totals'
import { breaches } from './limit-range-bounds.ts'

const container = { type: 'Container', min: { cpu: '100m' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '4' } }

for (const [why, requests, limits, want] of [
  ['within all bounds', { cpu: '500m' }, { cpu: '1' }, []],
  ['below the minimum', { cpu: '50m' }, { cpu: '100m' }, ['minimum cpu usage per Container is 100m, but request is 50m']],
  ['above the maximum', { cpu: '1' }, { cpu: '3' }, ['maximum cpu usage per Container is 2, but limit is 3']],
  ['too far apart', { cpu: '100m' }, { cpu: '1' }, ['cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000']],
  [
    'not stated',
    {},
    {},
    [
      'minimum cpu usage per Container is 100m.  No request is specified',
      'maximum cpu usage per Container is 2.  No limit is specified',
      'cpu max limit to request ratio per Container is 4, but no request is specified or request is 0',
    ],
  ],
] as const) {
  test(`limit range: a container ${why}`, () => assert.deepEqual(breaches(container, requests, limits), want))
}

test('limit range: a claim is measured by its request alone', () => {
  const claim = { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } }
  assert.deepEqual(breaches(claim, { storage: '10Gi' }, undefined), [
    'maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
  ])
})

const asking = (name: string, cpu: string, restartPolicy?: string) => ({
  name,
  resources: { requests: { cpu } },
  ...(restartPolicy && { restartPolicy }),
})

for (const [why, spec, want] of [
  ['containers add up', { containers: [asking('a', '500m'), asking('b', '1')] }, { cpu: '1500m' }],
  ['a hungry start counts alone', { containers: [asking('a', '1')], initContainers: [asking('i', '3')] }, { cpu: '3' }],
  [
    'a sidecar stays',
    { containers: [asking('a', '1')], initContainers: [asking('s', '500m', 'Always'), asking('i', '2')] },
    { cpu: '2500m' },
  ],
  ['overhead comes on top', { containers: [asking('a', '1')], overhead: { cpu: '250m' } }, { cpu: '1250m' }],
  ['what the pod states counts', { containers: [asking('a', '1')], resources: { requests: { cpu: '4' } } }, { cpu: '4' }],
] as const) {
  test(`pod totals: ${why}`, () => assert.deepEqual(podTotals(spec, 'requests'), want))
}
