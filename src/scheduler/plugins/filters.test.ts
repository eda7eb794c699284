/** One table for each plugin that filters: which nodes a pod may go to, and what is said about the others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node } from '#kinds/core/types.gen'
import { testNode, testPod } from '#testing/scheduling-objects'
import { Cluster } from '../framework/cluster.ts'
import { diagnosisMessage } from '../framework/diagnosis.ts'
import type { FilterPlugin } from '../framework/plugin.ts'
import type { PodFacts } from '../framework/pod-facts.ts'
import { prepareFilters } from '../framework/prepare-filters.ts'
import { interPodAffinity } from './inter-pod-affinity.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesFit } from './node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import { podTopologySpread } from './pod-topology-spread.ts'
import { leastAllocated } from './resource-scoring.ts'
import { taintToleration } from './taint-toleration.ts'

const fit = nodeResourcesFit({ strategy: leastAllocated, ignoredResources: new Set(['example.com/free']), ignoredGroups: new Set() })
const affinity = interPodAffinity({ hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false })
const spread = podTopologySpread({ defaults: undefined, workloadSelector: () => undefined })

const zone = (value: string) => ({ labels: { zone: value } })
const app = (value: string) => ({ labels: { app: value } })
const tainted = (effect: string) => testNode('a', { spec: { taints: [{ key: 'dedicated', value: 'gpu', effect }] } })
const port = (hostPort: number, hostIP?: string, protocol?: string) => ({
  container: { ports: [{ containerPort: 80, hostPort, hostIP, protocol }] },
})
const term = (value: string, topologyKey = 'zone') => ({ topologyKey, labelSelector: { matchLabels: { app: value } } })
const near = (value: string) => ({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(value)] } } })
const far = (value: string) => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(value)] } } })
const evenly = (more = {}) => ({
  topologySpreadConstraints: [{ ...term('web'), maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...more }],
})
const onNodes = (
  key: string,
  operator: string,
  values?: readonly string[],
  field: 'matchExpressions' | 'matchFields' = 'matchExpressions',
) => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ [field]: [{ key, operator, values }] }] } },
  },
})

type Row = {
  readonly why: string
  readonly plugin: FilterPlugin
  readonly pod: PodFacts
  readonly nodes: readonly Node[]
  readonly placed?: readonly (readonly [nodeName: string, pod: PodFacts])[]
  /** Names of the nodes that pass, or the message where none does. */
  readonly want: readonly string[] | string
}

const rows: readonly Row[] = [
  { why: 'no node is named', plugin: nodeName, pod: testPod('p'), nodes: [testNode('a')], want: ['a'] },
  {
    why: 'the named node only',
    plugin: nodeName,
    pod: testPod('p', { spec: { nodeName: 'b' } }),
    nodes: [testNode('a'), testNode('b')],
    want: ['b'],
  },
  {
    why: 'a cordoned node',
    plugin: nodeUnschedulable,
    pod: testPod('p'),
    nodes: [testNode('a', { spec: { unschedulable: true } })],
    want: '0/1 nodes are available: 1 node(s) were unschedulable.',
  },
  {
    why: 'a cordoned node is tolerated',
    plugin: nodeUnschedulable,
    pod: testPod('p', { spec: { tolerations: [{ operator: 'Exists' }] } }),
    nodes: [testNode('a', { spec: { unschedulable: true } })],
    want: ['a'],
  },
  {
    why: 'a hard taint',
    plugin: taintToleration,
    pod: testPod('p'),
    nodes: [tainted('NoSchedule')],
    want: '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
  },
  { why: 'a soft taint', plugin: taintToleration, pod: testPod('p'), nodes: [tainted('PreferNoSchedule')], want: ['a'] },
  {
    why: 'a taint tolerated by value',
    plugin: taintToleration,
    pod: testPod('p', { spec: { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }] } }),
    nodes: [tainted('NoSchedule')],
    want: ['a'],
  },
  {
    why: 'a taint of another value',
    plugin: taintToleration,
    pod: testPod('p', { spec: { tolerations: [{ key: 'dedicated', value: 'db' }] } }),
    nodes: [tainted('NoExecute')],
    want: '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
  },
  {
    why: 'a node selector',
    plugin: nodeAffinity(),
    pod: testPod('p', { spec: { nodeSelector: { zone: '1' } } }),
    nodes: [testNode('a', zone('1')), testNode('b', zone('2'))],
    want: ['a'],
  },
  {
    why: 'a node selector that no node meets',
    plugin: nodeAffinity(),
    pod: testPod('p', { spec: { nodeSelector: { zone: '3' } } }),
    nodes: [testNode('a', zone('1')), testNode('b')],
    want: "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
  },
  {
    why: 'labels compared as numbers',
    plugin: nodeAffinity(),
    pod: testPod('p', { spec: onNodes('zone', 'Gt', ['1']) }),
    nodes: [testNode('a', zone('1')), testNode('b', zone('2'))],
    want: ['b'],
  },
  {
    why: 'a label that has to be absent',
    plugin: nodeAffinity(),
    pod: testPod('p', { spec: onNodes('zone', 'DoesNotExist') }),
    nodes: [testNode('a', zone('1')), testNode('b')],
    want: ['b'],
  },
  {
    why: 'a node named by a field',
    plugin: nodeAffinity(),
    pod: testPod('p', { spec: onNodes('metadata.name', 'In', ['b'], 'matchFields') }),
    nodes: [testNode('a'), testNode('b')],
    want: ['b'],
  },
  {
    why: 'a node named by a field that is not there',
    plugin: nodeAffinity(),
    pod: testPod('p', { spec: onNodes('metadata.name', 'In', ['c'], 'matchFields') }),
    nodes: [testNode('a'), testNode('b')],
    want: "0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
  },
  {
    why: "the administrator's affinity",
    plugin: nodeAffinity({
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['2'] }] }],
      },
    }),
    pod: testPod('p'),
    nodes: [testNode('a', zone('1'))],
    want: "0/1 nodes are available: 1 node(s) didn't match scheduler-enforced node affinity.",
  },
  {
    why: 'a host port that is taken',
    plugin: nodePorts,
    pod: testPod('p', port(80)),
    nodes: [testNode('a')],
    placed: [['a', testPod('q', port(80, '127.0.0.1'))]],
    want: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
  },
  {
    why: 'the same port of another address',
    plugin: nodePorts,
    pod: testPod('p', port(80, '10.0.0.1')),
    nodes: [testNode('a')],
    placed: [['a', testPod('q', port(80, '127.0.0.1'))]],
    want: ['a'],
  },
  {
    why: 'the same port of another protocol',
    plugin: nodePorts,
    pod: testPod('p', port(53, undefined, 'UDP')),
    nodes: [testNode('a')],
    placed: [['a', testPod('q', port(53))]],
    want: ['a'],
  },
  {
    why: 'exactly enough',
    plugin: fit,
    pod: testPod('p', { requests: { cpu: '1' } }),
    nodes: [testNode('a')],
    placed: [['a', testPod('q', { requests: { cpu: '3' } })]],
    want: ['a'],
  },
  {
    why: 'all that is lacking, sorted',
    plugin: fit,
    pod: testPod('p', { requests: { cpu: '5', memory: '9Gi', 'example.com/gpu': '1', 'example.com/free': '7' } }),
    nodes: [testNode('a', { allocatable: { pods: '0' } })],
    want: '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient example.com/gpu, 1 Insufficient memory, 1 Too many pods.',
  },
  {
    why: 'together with the pod',
    plugin: affinity,
    pod: testPod('p', { spec: near('db') }),
    nodes: [testNode('a', zone('1')), testNode('b', zone('1')), testNode('c', zone('2'))],
    placed: [['a', testPod('q', app('db'))]],
    want: ['a', 'b'],
  },
  {
    why: 'together with a pod that is nowhere',
    plugin: affinity,
    pod: testPod('p', { spec: near('db') }),
    nodes: [testNode('a', zone('1'))],
    want: "0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
  },
  {
    why: 'the first of its kind',
    plugin: affinity,
    pod: testPod('p', { ...app('db'), spec: near('db') }),
    nodes: [testNode('a', zone('1')), testNode('b')],
    want: ['a'],
  },
  {
    why: 'apart from the pod',
    plugin: affinity,
    pod: testPod('p', { spec: far('db') }),
    nodes: [testNode('a', zone('1')), testNode('b', zone('2')), testNode('c')],
    placed: [['a', testPod('q', app('db'))]],
    want: ['b', 'c'],
  },
  {
    why: 'a placed pod wants to be apart',
    plugin: affinity,
    pod: testPod('p', app('web')),
    nodes: [testNode('a', zone('1'))],
    placed: [['a', testPod('q', { spec: far('web') })]],
    want: "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
  },
  {
    why: 'evenly over zones',
    plugin: spread,
    pod: testPod('p', { ...app('web'), spec: evenly() }),
    nodes: [testNode('a', zone('1')), testNode('b', zone('2'))],
    placed: [['a', testPod('q', app('web'))]],
    want: ['b'],
  },
  {
    why: 'a zone that has no node for the pod does not count',
    plugin: spread,
    pod: testPod('p', { ...app('web'), spec: { ...evenly(), nodeSelector: { zone: '1' } } }),
    nodes: [testNode('a', zone('1')), testNode('b', zone('2'))],
    placed: [['a', testPod('q', app('web'))]],
    want: ['a', 'b'],
  },
  {
    why: 'fewer zones than wanted',
    plugin: spread,
    pod: testPod('p', { ...app('web'), spec: evenly({ minDomains: 2 }) }),
    nodes: [testNode('a', zone('1')), testNode('b')],
    placed: [['a', testPod('q', app('web'))]],
    want: "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) didn't match pod topology spread constraints (missing required label).",
  },
  {
    why: 'pods on their way out do not count',
    plugin: spread,
    pod: testPod('p', { ...app('web'), spec: evenly() }),
    nodes: [testNode('a', zone('1')), testNode('b', zone('2'))],
    placed: [['a', testPod('q', { ...app('web'), metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })]],
    want: ['a', 'b'],
  },
]

for (const { why, plugin, pod, nodes, placed = [], want } of rows) {
  test(`${plugin.name}: ${why}`, () => {
    const cluster = new Cluster(() => ({}))
    for (const node of nodes) cluster.putNode(node)
    for (const [name, other] of placed) cluster.addPod(name, other)
    assert.deepEqual(outcomeOf(plugin, pod, cluster), want)
  })
}

function outcomeOf(plugin: FilterPlugin, pod: PodFacts, cluster: Cluster): readonly string[] | string {
  const prepared = prepareFilters([plugin], pod, cluster)
  if ('rejection' in prepared) return prepared.rejection.reasons.join()
  const asked = prepared.candidates.map((slot) => [slot, prepared.filter(slot)] as const)
  const passing = asked.flatMap(([slot, { outcome }]) => (outcome === 'pass' ? [cluster.nodes.at(slot).name] : []))
  if (passing.length > 0) return passing
  const rejections = new Map(asked.flatMap(([slot, verdict]) => (verdict.outcome === 'pass' ? [] : [[slot, verdict] as const])))
  const { others, rejectedBy } = prepared
  return diagnosisMessage({ nodeCount: cluster.nodes.slots.length, rejections, others, podRejection: undefined, rejectedBy })
}
