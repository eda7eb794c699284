import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestFacts } from '#meta/kind'
import type { Pod, PodSpec, ResourceRequirements } from '../types.gen.ts'
import { imagePullPolicyOf, imageTagOf } from './image-reference.ts'
import { Pod as PodKind } from './pod.kind.ts'
import { defaultPod } from './pod-defaults.ts'
import { qosClassOf } from './qos-class.ts'

const facts: RequestFacts = { nowMs: 0, subresource: '' }

function podOf(spec: Partial<PodSpec>, status: Pod['status'] = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    status,
  }
}

for (const [image, tag, policy] of [
  ['nginx', 'latest', 'Always'],
  ['nginx:1.27', '1.27', 'IfNotPresent'],
  ['registry:5000/nginx', 'latest', 'Always'],
  ['nginx@sha256:0', '', 'IfNotPresent'],
  ['registry:5000/nginx:1@sha256:0', '1', 'IfNotPresent'],
] as const) {
  test(`the image ${image} has the tag "${tag}" and is pulled ${policy}`, () => {
    assert.equal(imageTagOf(image), tag)
    assert.equal(imagePullPolicyOf(image), policy)
  })
}

test('defaults fill what a pod leaves out, and stay when they run again', () => {
  const pod = defaultPod(podOf({ volumes: [{ name: 'v' }], serviceAccount: 'old' }))
  assert.equal(pod.spec.terminationGracePeriodSeconds, 30)
  assert.equal(pod.spec.serviceAccountName, 'old')
  assert.deepEqual(pod.spec.volumes, [{ name: 'v', emptyDir: {} }])
  assert.deepEqual(defaultPod(pod), pod)
})

for (const [why, resources, want] of [
  ['nothing asked for', {}, 'BestEffort'],
  ['limits alone', { limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  ['requests below limits', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }, 'Burstable'],
  ['one resource', { requests: { cpu: '1' } }, 'Burstable'],
] as const satisfies readonly (readonly [string, ResourceRequirements, string])[]) {
  test(`qosClassOf: ${why} is ${want}`, () => assert.equal(qosClassOf(podOf({ containers: [{ name: 'c', resources }] })), want))
}

for (const [why, spec, status, asked, wantSeconds] of [
  ['a pod without a node goes at once', {}, {}, 30, 0],
  ['a pod that has ended goes at once', { nodeName: 'n' }, { phase: 'Succeeded' }, 30, 0],
  ['a client may shorten', { nodeName: 'n' }, {}, 5, 5],
  ['else the pod says', { nodeName: 'n', terminationGracePeriodSeconds: 60 }, {}, undefined, 60],
  ['less than nothing is one second', { nodeName: 'n' }, {}, -1, 1],
] as const) {
  test(`graceSeconds: ${why}`, () => assert.equal(PodKind.graceSeconds?.(podOf(spec, status), { gracePeriodSeconds: asked }), wantSeconds))
}

test('a change of the command is refused, a change of the image is not', () => {
  const old = defaultPod(podOf({}))
  const errorsOf = (next: Pod) => [...(PodKind.update.validate?.(next, old, facts) ?? [])].map((error) => error.path)
  const container = { name: 'c', image: 'nginx' }
  assert.deepEqual(errorsOf(defaultPod(podOf({ containers: [{ ...container, command: ['x'] }] }))), ['spec'])
  const [first = container] = old.spec.containers
  assert.deepEqual(errorsOf({ ...old, spec: { ...old.spec, containers: [{ ...first, image: 'other' }] } }), [])
})

test('a status update leaves the spec alone', () => {
  const old = podOf({}, { qosClass: 'BestEffort' })
  const next = PodKind.status?.prepare?.({ ...podOf({ nodeName: 'x' }), status: { phase: 'Running' } }, old, {
    ...facts,
    subresource: 'status',
  })
  assert.equal(next?.spec, old.spec)
  assert.deepEqual(next?.status, { phase: 'Running', qosClass: 'BestEffort' })
})

test('debugging containers are added through their subresource, and stay', () => {
  const debug = { name: 'd', image: 'shell', resources: {} }
  const forDebugging = { ...facts, subresource: 'ephemeralcontainers' }
  const old = defaultPod(podOf({}))
  const asked = defaultPod({ ...old, spec: { ...old.spec, ephemeralContainers: [debug], nodeName: 'x' } })
  const next = PodKind.update.prepare?.(asked, old, forDebugging) ?? asked
  assert.equal(next.spec.nodeName, undefined)
  assert.deepEqual([...(PodKind.update.validate?.(next, old, forDebugging) ?? [])], [])
  const [error] = [...(PodKind.update.validate?.(old, next, forDebugging) ?? [])]
  assert.equal(error?.message, 'Forbidden: existing ephemeral containers "d" may not be removed\n')
})

test('a resize changes resources only, and not the QoS class', () => {
  const toResize = { ...facts, subresource: 'resize' }
  const sized = (cpu: string): Pod => defaultPod(podOf({ containers: [{ name: 'c', image: 'x', resources: { requests: { cpu } } }] }))
  const asked = { ...sized('2'), spec: { ...sized('2').spec, nodeName: 'x' } }
  const next = PodKind.update.prepare?.(asked, sized('1'), toResize) ?? asked
  assert.equal(next.spec.nodeName, undefined)
  assert.equal(next.spec.containers[0]?.resources?.requests?.cpu, '2')
  const without = defaultPod(podOf({ containers: [{ name: 'c', image: 'x', resources: {} }] }))
  assert.deepEqual(
    [...(PodKind.update.validate?.(without, sized('1'), toResize) ?? [])].map(({ message }) => message),
    ['Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing', 'Forbidden: resource requests cannot be removed'],
  )
  const gpu = defaultPod(
    podOf({ containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '1' }, limits: { 'example.com/gpu': '1' } } }] }),
  )
  assert.deepEqual(
    [...(PodKind.update.validate?.(gpu, sized('1'), toResize) ?? [])].map(({ message }) => message),
    ['Forbidden: only cpu and memory resources are mutable'],
  )
})
