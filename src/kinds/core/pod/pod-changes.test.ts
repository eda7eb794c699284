/** What may change in a pod: behind gates, in its status, in size. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, PodSpec } from '../types.gen.ts'
import { Pod as PodKind } from './pod.kind.ts'
import { defaultPod } from './pod-defaults.ts'

const podOf = (spec: Partial<PodSpec>, status: Pod['status'] = {}): Pod =>
  defaultPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
    status,
  })
const errorsOf = (next: Pod, old: Pod, subresource: string): readonly string[] => {
  const facts = { nowMs: 0, subresource }
  const rules = subresource === 'status' ? PodKind.status : PodKind.update
  const ready = rules?.prepare?.(next, old, facts) ?? next
  return [...(rules?.validate?.(ready, old, facts) ?? [])].map(({ path, message }) => `${path}: ${message.split('\n')[0]}`)
}
const affinityOf = (...keys: readonly string[]): PodSpec['affinity'] => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: keys.map((key) => ({ key, operator: 'Exists' })) }],
    },
  },
})
const gates = { schedulingGates: [{ name: 'g' }] }

for (const [why, old, next, want] of [
  ['a gated pod may ask for fewer nodes', { ...gates, nodeSelector: { a: 'b' } }, { ...gates, nodeSelector: { a: 'b', c: 'd' } }, []],
  [
    'but not for others',
    { ...gates, nodeSelector: { a: 'b' } },
    { ...gates, nodeSelector: { a: 'c' } },
    ['spec.nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)'],
  ],
  ['requirements may be added', { ...gates, affinity: affinityOf('a') }, { ...gates, affinity: affinityOf('a', 'b') }, []],
  ['an affinity may come', gates, { ...gates, affinity: affinityOf('a') }, []],
  ['gates may go', gates, {}, []],
  [
    'gates may not come',
    {},
    gates,
    ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'"],
  ],
  ['images may change', {}, { containers: [{ name: 'c', image: 'j' }] }, []],
  [
    'containers may not come',
    {},
    { initContainers: [{ name: 'd', image: 'i' }] },
    ['spec.initContainers: Forbidden: pod updates may not add or remove containers'],
  ],
] as const satisfies readonly (readonly [string, Partial<PodSpec>, Partial<PodSpec>, readonly string[]])[]) {
  test(`an update: ${why}`, () => assert.deepEqual(errorsOf(podOf(next), podOf(old), ''), want))
}

const ended: Pod['status'] = {
  containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode: 1 } } }],
}
const running: Pod['status'] = {
  containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 1, state: { running: {} } }],
}
for (const [why, restartPolicy, want] of [
  [
    'what never starts again stays ended',
    'Never',
    ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'],
  ],
  ['what failed may start again', 'OnFailure', []],
  ['what always runs may start again', 'Always', []],
] as const) {
  test(`a status: ${why}`, () =>
    assert.deepEqual(errorsOf(podOf({ restartPolicy }, running), podOf({ restartPolicy }, ended), 'status'), want))
}

test('a status: conditions have names, claims those of the spec', () => {
  const next = podOf({}, { conditions: [{ type: 'a b', status: 'True' }], resourceClaimStatuses: [{ name: 'x' }] })
  assert.equal(errorsOf(next, podOf({}), 'status').length, 2)
})

test('a resize: containers stay what they are, but for their resources', () => {
  const sized = (cpu: string, image: string) => podOf({ containers: [{ name: 'c', image, resources: { requests: { cpu } } }] })
  assert.deepEqual(errorsOf(sized('2', 'other'), sized('1', 'i'), 'resize'), [])
  const more = podOf({
    containers: [
      { name: 'c', image: 'i', resources: { requests: { cpu: '1' } } },
      { name: 'd', image: 'i' },
    ],
  })
  assert.deepEqual(errorsOf(more, sized('1', 'i'), 'resize'), [
    'spec.containers: Forbidden: containers may not be added or removed on resize',
  ])
})
