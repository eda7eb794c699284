import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testNode, testPod } from '#testing/scheduling-objects'
import { Cluster } from '../framework/cluster.ts'
import { PlacedPods } from './placed-pods.ts'

const web = testPod('web', { requests: { cpu: '1' } })

function setUp(...nodeNames: readonly string[]) {
  const cluster = new Cluster(() => ({}))
  for (const name of nodeNames) cluster.putNode(testNode(name))
  return { cluster, placed: new PlacedPods(cluster) }
}

function milliCpuTaken({ nodes }: Cluster, name: string): number | undefined {
  const slot = nodes.slotOf(name)
  return slot === undefined ? undefined : nodes.resource('cpu').requested.get(slot)
}

test('an assumed pod takes its room once, also when the server confirms it', () => {
  const { cluster, placed } = setUp('a')
  placed.assume(web, 'a')
  assert.equal(placed.told(web, 'a'), undefined, 'to those who wait it is news')
  assert.equal(placed.told(web, 'a'), web)
  assert.equal(milliCpuTaken(cluster, 'a'), 1000)
  assert.equal(placed.forget('web'), false, 'what is confirmed stays')
})

test('a pod that was bound elsewhere than assumed moves', () => {
  const { cluster, placed } = setUp('a', 'b')
  placed.assume(web, 'a')
  placed.told(web, 'b')
  assert.deepEqual([milliCpuTaken(cluster, 'a'), milliCpuTaken(cluster, 'b')], [0, 1000])
})

test('a pod on a node that is not known counts when the node comes', () => {
  const { cluster, placed } = setUp()
  placed.told(web, 'late')
  cluster.putNode(testNode('late'))
  assert.equal(milliCpuTaken(cluster, 'late'), 1000)
})

test('a node that goes and comes back still has its pods', () => {
  const { cluster, placed } = setUp('a')
  placed.told(web, 'a')
  cluster.removeNode('a')
  cluster.putNode(testNode('other'))
  assert.equal(milliCpuTaken(cluster, 'other'), 0, 'whoever gets the slot starts empty')
  cluster.putNode(testNode('a'))
  assert.equal(milliCpuTaken(cluster, 'a'), 1000)
  placed.gone('web')
  assert.equal(milliCpuTaken(cluster, 'a'), 0)
})
