import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { testNode, testPod } from '#testing/scheduling-objects'
import { onNode } from '../framework/cluster-event.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import type { QueuedPod } from './queued-pod.ts'
import { SchedulingQueue } from './scheduling-queue.ts'
import { WakeRules } from './wake-rules.ts'

const wakes = new WakeRules([
  { name: 'Fit', wakesOn: [onNode('node-added', (_, node) => node.metadata.name === 'large')] },
  { name: 'Taints', wakesOn: [onNode('node-taints-changed')] },
])
const gatedBy = ({ pod }: PodFacts) => (pod.spec?.schedulingGates?.length ? 'SchedulingGates' : undefined)
const nodeAdded = (name: string) => ({ kind: 'node-added', node: testNode(name) }) as const

function setUp() {
  const clock = new VirtualClock()
  return { clock, queue: new SchedulingQueue({ clock, wakes, gatedBy }) }
}

function taken(queue: SchedulingQueue): QueuedPod {
  const queued = queue.take()
  assert.ok(queued !== undefined, 'a pod is there')
  return queued
}

function drain(queue: SchedulingQueue): readonly string[] {
  const names: string[] = []
  for (let queued = queue.take(); queued !== undefined; queued = queue.take()) names.push(queued.pod.name)
  return names
}

test('important pods come first, then those that have waited longer', async () => {
  const { clock, queue } = setUp()
  queue.put(testPod('early'), true)
  await clock.advance(1)
  queue.put(testPod('late'), true)
  queue.put(testPod('important', { spec: { priority: 10 } }), true)
  assert.deepEqual(drain(queue), ['important', 'early', 'late'])
})

test('a pod that fitted nowhere waits for an event that may help its plugin', () => {
  const { queue } = setUp()
  queue.put(testPod('web'), true)
  queue.park(taken(queue), new Set(['Fit']))
  queue.happened({ kind: 'node-taints-changed', node: testNode('large') })
  queue.happened(nodeAdded('small'))
  assert.equal(queue.counts().unschedulable, 1)
  queue.happened(nodeAdded('large'))
  assert.deepEqual(queue.counts(), { active: 0, backoff: 1, unschedulable: 0, gated: 0, taken: 0 })
})

test('a pod that nobody rejected is woken by anything', () => {
  const { queue } = setUp()
  queue.put(testPod('web'), true)
  queue.park(taken(queue), new Set())
  queue.happened(nodeAdded('small'))
  assert.deepEqual(drain(queue), ['web'])
})

test('after an error a pod waits 1 s, 2 s, 4 s, 8 s, 10 s, 10 s', async () => {
  const { clock, queue } = setUp()
  queue.put(testPod('web'), true)
  for (const seconds of [1, 2, 4, 8, 10, 10]) {
    queue.retry(taken(queue))
    await clock.advance(seconds * 1000 - 1)
    assert.equal(queue.take(), undefined, `not before ${seconds} s`)
    await clock.advance(1)
  }
  assert.equal(taken(queue).attemptCount, 7)
})

test('a back-off after not fitting gives way only to active pods', () => {
  const { queue } = setUp()
  queue.put(testPod('web'), true)
  queue.park(taken(queue), new Set(['Fit']))
  queue.happened(nodeAdded('large'))
  queue.put(testPod('fresh'), true)
  assert.deepEqual(drain(queue), ['fresh', 'web'])
})

test('after five minutes a pod is tried again whatever happened', async () => {
  const { clock, queue } = setUp()
  queue.put(testPod('web'), true)
  queue.park(taken(queue), new Set(['Fit']))
  await clock.advance(4 * 60_000)
  assert.equal(queue.take(), undefined)
  await clock.advance(90_000)
  assert.deepEqual(drain(queue), ['web'])
})

test('a gated pod is taken at once when its gates are gone', () => {
  const { queue } = setUp()
  queue.put(testPod('web', { spec: { schedulingGates: [{ name: 'wait' }] } }), true)
  assert.equal(queue.take(), undefined)
  assert.equal(queue.counts().gated, 1)
  queue.put(testPod('web'), true)
  assert.deepEqual(drain(queue), ['web'])
})

test('a pod that was deleted while it was out does not come back', () => {
  const { queue } = setUp()
  queue.put(testPod('web'), true)
  const queued = taken(queue)
  queue.delete('web')
  queue.park(queued, new Set(['Fit']))
  assert.deepEqual(queue.counts(), { active: 0, backoff: 0, unschedulable: 0, gated: 0, taken: 0 })
})

test('waiting for a pod ends when one comes, and when it is called off', async () => {
  const { queue } = setUp()
  const stop = new AbortController()
  const first = queue.ready(stop.signal)
  queue.put(testPod('web'), true)
  await first
  taken(queue)
  const second = queue.ready(stop.signal)
  stop.abort()
  await second
})
