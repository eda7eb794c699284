import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containersOf, podSpecOf, withContainers, withPodSpec } from './pod-spec.ts'

const spec = { containers: [{ name: 'web' }, { name: 'log' }], initContainers: [{ name: 'init' }] }
const object = (kind: string, fields: object) => ({ apiVersion: 'v1', kind, metadata: { name: 'x' }, spec: fields })

for (const [kind, fields] of [
  ['Pod', spec],
  ['Deployment', { template: { spec } }],
  ['CronJob', { jobTemplate: { spec: { template: { spec } } } }],
] as const) {
  test(`the pods of a ${kind} are found and changed where they are`, () => {
    const one = object(kind, fields)
    assert.equal(podSpecOf(one), spec)
    assert.deepEqual(podSpecOf(withPodSpec(one, () => ({ containers: [] }))), { containers: [] })
  })
}

test('what has no pods is refused', () => {
  assert.throws(() => withPodSpec(object('Service', {}), (one) => one), /does not have a pod template: Service/)
})

for (const [pattern, want] of [
  ['*', ['init', 'web', 'log']],
  ['web', ['web']],
  ['*i*', ['init']],
  ['w.b', []],
] as const) {
  test(`containers that fit ${pattern}`, () => {
    assert.deepEqual(
      containersOf(spec, pattern).map(({ name }) => name),
      want,
    )
    assert.equal(withContainers(spec, pattern, (container) => container).count, want.length)
  })
}
