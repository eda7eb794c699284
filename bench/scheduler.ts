/** Measures decisions without an API server: 5,000 nodes, 10,000 pods of several shapes. `node bench/scheduler.ts [nodes] [pods]`. */
import { cpus } from 'node:os'
import { systemClock } from '../src/base/env/clock.ts'
import { seededRandom } from '../src/base/env/random.ts'
import type { Node, Pod } from '../src/kinds/core/types.gen.ts'
import { selectorOfMap } from '../src/meta/labels.ts'
import { buildProfile } from '../src/scheduler/build-profile.ts'
import { PlacedPods } from '../src/scheduler/cache/placed-pods.ts'
import { Cluster } from '../src/scheduler/framework/cluster.ts'
import { decide } from '../src/scheduler/framework/decide.ts'
import { podFactsOf } from '../src/scheduler/framework/pod-facts.ts'
import { defaultProfile } from '../src/scheduler/profile-config.ts'

type Shape = { readonly name: string; readonly spec: (app: string) => Partial<Pod['spec']> }

const zoneCount = 10
const appCount = 100

const shapes: readonly Shape[] = [
  { name: 'plain', spec: () => ({}) },
  { name: 'node selector', spec: () => ({ nodeSelector: { 'topology.kubernetes.io/zone': 'zone-3' } }) },
  { name: 'spread over zones', spec: (app) => ({ topologySpreadConstraints: [spread(app, 'topology.kubernetes.io/zone')] }) },
  { name: 'spread over hosts', spec: (app) => ({ topologySpreadConstraints: [spread(app, 'kubernetes.io/hostname')] }) },
  { name: 'required anti-affinity', spec: (app) => ({ affinity: { podAntiAffinity: required(app, 'kubernetes.io/hostname') } }) },
  { name: 'required affinity', spec: (app) => ({ affinity: { podAffinity: required(app, 'topology.kubernetes.io/zone') } }) },
]

main(Number(process.argv[2] ?? 5000), Number(process.argv[3] ?? 10_000))

function main(nodeCount: number, podCount: number): void {
  console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${nodeCount} nodes, ${podCount} pods`)
  for (const shape of shapes) console.log(`${shape.name.padEnd(28)}${measure(shape, nodeCount, podCount).padStart(16)}`)
}

function measure(shape: Shape, nodeCount: number, podCount: number): string {
  const workloadSelector = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
    selectorOfMap({ app: labels['app'] ?? '' })
  const volumes = { claim: () => undefined, volume: () => undefined, volumes: () => [], storageClass: () => undefined }
  const profile = buildProfile(defaultProfile, { workloadSelector, volumes, bindVolumes: async () => {} })
  const cluster = new Cluster(() => ({}))
  for (let index = 0; index < nodeCount; index++) cluster.putNode(nodeOf(index))
  const placed = new PlacedPods(cluster)
  const deps = { cluster, random: seededRandom(1), start: { offset: 0 } }
  const pods = Array.from({ length: podCount }, (_, index) => podOf(index, shape))
  let unplacedCount = 0
  const startedMs = systemClock.monotonicMs()
  for (const pod of pods) {
    const facts = podFactsOf(pod)
    const decision = decide(profile, facts, deps)
    if (decision.outcome === 'node') placed.assume(facts, cluster.nodes.at(decision.slot).name)
    else unplacedCount++
  }
  const seconds = (systemClock.monotonicMs() - startedMs) / 1000
  return `${Math.round(podCount / seconds)} pods/s${unplacedCount === 0 ? '' : ` (${unplacedCount} unplaced)`}`
}

function nodeOf(index: number): Node {
  const allocatable = { cpu: '16', memory: '64Gi', pods: '110', 'ephemeral-storage': '100Gi' }
  const name = `node-${index}`
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${index % zoneCount}` }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {}, status: { capacity: allocatable, allocatable } }
}

function podOf(index: number, { spec }: Shape): Pod {
  const app = `app-${index % appCount}`
  const container = { name: 'main', image: 'nginx:1', resources: { requests: { cpu: '100m', memory: '128Mi' } } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: 'bench', uid: `uid-${index}`, labels: { app } },
    spec: { containers: [container], schedulerName: 'default-scheduler', ...spec(app) },
    status: {},
  }
}

function spread(app: string, topologyKey: string) {
  return { topologyKey, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app } } }
}

function required(app: string, topologyKey: string) {
  return { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }] }
}
