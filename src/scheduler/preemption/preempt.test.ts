import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import type { PodDisruptionBudget } from '#kinds/policy/types.gen'
import { testNode, testPod } from '#testing/scheduling-objects'
import { Cluster } from '../framework/cluster.ts'
import { decide } from '../framework/decide.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import type { Profile } from '../framework/profile.ts'
import { nodeResourcesFit } from '../plugins/node-resources-fit.ts'
import { nodeUnschedulable } from '../plugins/node-unschedulable.ts'
import { leastAllocated } from '../plugins/resource-scoring.ts'
import { preempt } from './preempt.ts'

const limits = { candidateNodesPercentageMin: 10, candidateNodesCountMin: 100 }
const fit = nodeResourcesFit({ strategy: leastAllocated, ignoredResources: new Set(), ignoredGroups: new Set() })
const profile: Profile = {
  schedulerName: 'default-scheduler',
  gates: [],
  filters: [nodeUnschedulable, fit],
  scores: [],
  reserves: [],
  preemption: limits,
  percentageOfNodesToScore: 0,
}

type Placed = readonly (readonly [nodeName: string, pod: PodFacts])[]

function podOf(name: string, priority: number, cpu: string, more: Parameters<typeof testPod>[1] = {}): PodFacts {
  return testPod(name, { requests: { cpu }, ...more, spec: { priority, ...more.spec } })
}

function clusterOf(nodeNames: readonly string[], placed: Placed): Cluster {
  const cluster = new Cluster(() => ({}))
  for (const name of nodeNames) cluster.putNode(testNode(name, { spec: { unschedulable: name === 'cordoned' } }))
  for (const [name, pod] of placed) cluster.addPod(name, pod)
  return cluster
}

function outcome(cluster: Cluster, pod: PodFacts, budgets: readonly PodDisruptionBudget[] = []): string {
  const random = seededRandom(1)
  const decision = decide(profile, pod, { cluster, random, start: { offset: 0 } })
  assert.ok(decision.outcome === 'none', 'the pod fits nowhere')
  const result = preempt(pod, decision.diagnosis, { cluster, random, profile, limits, budgets: () => budgets })
  if (result.outcome === 'none') return result.message
  return `${result.candidate.nodeName}: ${result.candidate.victims.map(({ name }) => name).join(' ')}`
}

const budget: PodDisruptionBudget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'db', namespace: 'shop' },
  spec: { selector: { matchLabels: { app: 'db' } } },
  status: { disruptionsAllowed: 0 },
}

const rows: readonly (readonly [why: string, nodes: readonly string[], placed: Placed, pod: PodFacts, want: string])[] = [
  [
    'nobody is less important',
    ['a'],
    [['a', podOf('q', 5, '4')]],
    podOf('p', 5, '1'),
    'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  ],
  [
    'it would not help',
    ['cordoned'],
    [],
    podOf('p', 5, '1'),
    'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  ],
  [
    'even all of them are not enough',
    ['a'],
    [
      ['a', podOf('q', 1, '1')],
      ['a', podOf('r', 9, '3')],
    ],
    podOf('p', 5, '2'),
    'preemption: 0/1 nodes are available: 1 Insufficient cpu.',
  ],
  [
    'the pod does not want it',
    ['a'],
    [['a', podOf('q', 1, '4')]],
    podOf('p', 5, '1', { spec: { preemptionPolicy: 'Never' } }),
    'preemption: not eligible due to preemptionPolicy=Never.',
  ],
  [
    'only as many as needed, the least important',
    ['a'],
    [
      ['a', podOf('low', 1, '2')],
      ['a', podOf('mid', 2, '2')],
    ],
    podOf('p', 5, '2'),
    'a: low',
  ],
  [
    'the node whose victims matter least',
    ['a', 'b'],
    [
      ['a', podOf('mid', 2, '4')],
      ['b', podOf('low', 1, '4')],
    ],
    podOf('p', 5, '2'),
    'b: low',
  ],
  [
    'the node with fewer victims',
    ['a', 'b'],
    [
      ['a', podOf('q', 1, '2')],
      ['a', podOf('r', 1, '2')],
      ['b', podOf('s', 1, '4')],
    ],
    podOf('p', 5, '4'),
    'b: s',
  ],
]

for (const [why, nodes, placed, pod, want] of rows) {
  test(`preempt: ${why}`, () => {
    const cluster = clusterOf(nodes, placed)
    assert.equal(outcome(cluster, pod), want)
    assert.deepEqual(
      cluster.nodes.slots.map((slot) => cluster.nodes.at(slot).pods.size),
      nodes.map((name) => placed.filter(([on]) => on === name).length),
      'all is put back',
    )
  })
}

test('preempt: what a budget protects is spared where something else will do', () => {
  const placed: Placed = [
    ['a', podOf('db', 1, '2', { labels: { app: 'db' } })],
    ['a', podOf('web', 2, '2')],
  ]
  assert.equal(outcome(clusterOf(['a'], placed), podOf('p', 5, '2'), [budget]), 'a: web')
  assert.equal(outcome(clusterOf(['a'], placed), podOf('p', 5, '2')), 'a: db')
})

test('preempt: while room is being made the pod waits', () => {
  const leaving = podOf('q', 1, '4', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })
  const cluster = clusterOf(['a'], [['a', leaving]])
  const pod = podOf('p', 5, '1')
  cluster.nominations.nominate(pod, 'a')
  assert.equal(outcome(cluster, pod), 'preemption: not eligible due to a terminating pod on the nominated node.')
})

test('decide: room that is promised to an important pod is not given away', () => {
  const cluster = clusterOf(['a'], [])
  cluster.nominations.nominate(podOf('important', 5, '4'), 'a')
  const deps = { cluster, random: seededRandom(1), start: { offset: 0 } }
  assert.equal(decide(profile, podOf('low', 1, '1'), deps).outcome, 'none')
  assert.equal(decide(profile, podOf('higher', 9, '1'), deps).outcome, 'node')
})
