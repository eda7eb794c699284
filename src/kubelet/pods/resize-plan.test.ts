import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Container, Pod } from '#kinds/core/types.gen'
import { changeOf, grantedBefore, isGranted, largestOf, requestedBy, withGranted } from './resize-plan.ts'

const small = { requests: { cpu: '100m', memory: '1Gi' }, limits: { cpu: '200m', memory: '1Gi' } }
const large = { requests: { cpu: '300m', memory: '2Gi' }, limits: { cpu: '300m', memory: '2Gi' } }

function podOf(resources: Container['resources'], more: Partial<Container> = {}): Pod {
  const app = { name: 'app', image: 'one', ...(resources && { resources }), ...more }
  const init = { name: 'init', image: 'two', resources: small }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [app], initContainers: [init] }, status: {} }
}

const appOf = (resources: Container['resources'], more: Partial<Container> = {}) => podOf(resources, more).spec?.containers[0] as Container

test('a pod runs with what it was granted until it is granted more', () => {
  const granted = requestedBy(podOf(small))
  assert.equal(isGranted(podOf(small), granted), true)
  assert.equal(isGranted(podOf(large), granted), false)
  assert.deepEqual(withGranted(podOf(large), granted).spec?.containers[0]?.resources, small)
})

test('init containers that end are not resized', () => {
  assert.deepEqual([...requestedBy(podOf(small)).keys()], ['app'])
})

test('after a restart the status tells what was granted to containers that were started', () => {
  const status = { name: 'app', containerID: 'containerd://a', resources: small }
  const pod = podOf(large)
  assert.deepEqual(grantedBefore({ ...pod, status: { containerStatuses: [status] as never } }).get('app'), small)
  assert.deepEqual(grantedBefore({ ...pod, status: { containerStatuses: [{ ...status, containerID: '' }] as never } }).get('app'), large)
})

const onMemory = { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] }
for (const [why, container, applied, want] of [
  ['nothing has changed', appOf(small), small, 'none'],
  ['there is nothing to have', appOf(undefined), {}, 'none'],
  ['more of everything', appOf(large), small, 'update'],
  ['its policy for memory is to restart', appOf(large, onMemory), small, 'restart'],
  ['the policy is for memory, cpu has changed', appOf({ ...small, limits: { ...small.limits, cpu: '1' } }, onMemory), small, 'update'],
  ['a request for memory never restarts', appOf({ ...small, requests: { ...small.requests, memory: '2Gi' } }, onMemory), small, 'update'],
] as const) {
  test(`a container is to ${want}: ${why}`, () => assert.equal(changeOf(container, applied), want))
}

test('while a pod changes, its cgroup holds the old and the new', () => {
  const mixed = { requests: { cpu: '50m', memory: '3Gi' }, limits: { cpu: '1' } }
  const largest = largestOf(
    podOf(mixed),
    new Map([['app', large]]),
    (text) => Number.parseFloat(text ?? '0') * (text?.endsWith('m') ? 0.001 : 1),
  )
  assert.deepEqual(largest.spec?.containers[0]?.resources, { requests: { cpu: '300m', memory: '3Gi' }, limits: { cpu: '1' } })
})
