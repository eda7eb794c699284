/** One table for each plugin that scores: normalised scores of three nodes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node } from '#kinds/core/types.gen'
import { selectorOfMap } from '#meta/labels'
import { testNode, testPod } from '#testing/scheduling-objects'
import { Cluster } from '../framework/cluster.ts'
import type { ScorePlugin } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { totalScores } from '../framework/scoring.ts'
import { imageLocality } from './image-locality.ts'
import { interPodAffinity } from './inter-pod-affinity.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './node-resources-fit.ts'
import { podTopologySpread } from './pod-topology-spread.ts'
import { cpuAndMemory, leastAllocated, type ScoringStrategy } from './resource-scoring.ts'
import { taintToleration } from './taint-toleration.ts'

const fit = (strategy: ScoringStrategy) => nodeResourcesFit({ strategy, ignoredResources: new Set(), ignoredGroups: new Set() })
const affinity = interPodAffinity({ hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false })
const spread = podTopologySpread({ defaults: undefined, workloadSelector: ({ labels }) => selectorOfMap(labels) })
const zones = ['a', 'b', 'c'].map((name) => testNode(name, { labels: { 'topology.kubernetes.io/zone': `zone-${name}` } }))
const plain = ['a', 'b', 'c'].map((name) => testNode(name))
const web = { labels: { app: 'web' } }
const half = testPod('half', { requests: { cpu: '2', memory: '4Gi' } })
const mebibytes = (count: number) => count * 1024 * 1024
const withImage = (name: string, mib: number) => testNode(name, { images: [{ names: ['nginx:latest'], sizeBytes: mebibytes(mib) }] })
const soft = (name: string, count: number) =>
  testNode(name, { spec: { taints: Array.from({ length: count }, (_, index) => ({ key: `t${index}`, effect: 'PreferNoSchedule' })) } })
const nearWeb = { podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } }, weight: 10 }
const preferZoneB = {
  weight: 5,
  preference: { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-b'] }] },
}

type Row = {
  readonly why: string
  readonly plugin: ScorePlugin
  readonly pod: PodFacts
  readonly nodes: readonly Node[]
  readonly placed?: readonly (readonly [nodeName: string, pod: PodFacts])[]
  readonly want: readonly number[]
}

const rows: readonly Row[] = [
  {
    why: 'what is left counts',
    plugin: fit(leastAllocated),
    pod: testPod('p', { requests: { cpu: '1', memory: '2Gi' } }),
    nodes: plain,
    placed: [['b', half]],
    want: [75, 25, 75],
  },
  {
    why: 'a pod without requests counts as 100m and 200 MiB',
    plugin: fit(leastAllocated),
    pod: testPod('p'),
    nodes: plain,
    want: [97, 97, 97],
  },
  {
    why: 'what is taken counts',
    plugin: fit({ type: 'MostAllocated', resources: cpuAndMemory }),
    pod: testPod('p', { requests: { cpu: '1', memory: '2Gi' } }),
    nodes: plain,
    placed: [['b', half]],
    want: [25, 75, 25],
  },
  {
    why: 'a shape decides',
    plugin: fit({
      type: 'RequestedToCapacityRatio',
      resources: [{ name: 'cpu', weight: 1 }],
      shape: [
        { utilization: 0, score: 0 },
        { utilization: 50, score: 10 },
      ],
    }),
    pod: testPod('p', { requests: { cpu: '1' } }),
    nodes: plain,
    placed: [['b', half]],
    want: [50, 100, 50],
  },
  {
    why: 'even use is best',
    plugin: nodeResourcesBalancedAllocation(),
    pod: testPod('p', { requests: { cpu: '2' } }),
    nodes: plain,
    placed: [['b', testPod('q', { requests: { memory: '4Gi' } })]],
    want: [75, 100, 75],
  },
  {
    why: 'a pod without requests has no say',
    plugin: nodeResourcesBalancedAllocation(),
    pod: testPod('p'),
    nodes: plain,
    placed: [['b', half]],
    want: [0, 0, 0],
  },
  {
    why: 'the image, by size and by how many have it',
    plugin: imageLocality,
    pod: testPod('p'),
    nodes: [withImage('a', 600), testNode('b'), testNode('c')],
    want: [18, 0, 0],
  },
  {
    why: 'fewer soft taints',
    plugin: taintToleration,
    pod: testPod('p'),
    nodes: [soft('a', 0), soft('b', 1), soft('c', 2)],
    want: [100, 50, 0],
  },
  {
    why: 'preferred nodes',
    plugin: nodeAffinity(),
    pod: testPod('p', { spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferZoneB] } } } }),
    nodes: zones,
    want: [0, 100, 0],
  },
  {
    why: 'preferred neighbours',
    plugin: affinity,
    pod: testPod('p', { spec: { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [nearWeb] } } } }),
    nodes: plain,
    placed: [['c', testPod('q', web)]],
    want: [0, 0, 100],
  },
  {
    why: 'neighbours to avoid',
    plugin: affinity,
    pod: testPod('p', { spec: { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [nearWeb] } } } }),
    nodes: plain,
    placed: [['c', testPod('q', web)]],
    want: [100, 100, 0],
  },
  {
    why: 'a placed pod would like company',
    plugin: affinity,
    pod: testPod('p', web),
    nodes: plain,
    placed: [['b', testPod('q', { spec: { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [nearWeb] } } } })]],
    want: [0, 100, 0],
  },
  {
    why: 'without constraints a workload still spreads',
    plugin: spread,
    pod: testPod('p', web),
    nodes: zones,
    placed: [['a', testPod('q', web)]],
    want: [66, 100, 100],
  },
]

for (const { why, plugin, pod, nodes, placed = [], want } of rows) {
  test(`${plugin.name}: ${why}`, () => {
    const cluster = new Cluster(() => ({}))
    for (const node of nodes) cluster.putNode(node)
    for (const [name, other] of placed) cluster.addPod(name, other)
    assert.deepEqual([...totalScores([{ plugin, weight: 1 }], pod, cluster, cluster.nodes.slots)], want)
  })
}
