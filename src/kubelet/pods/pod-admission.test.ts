import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node, Pod } from '#kinds/core/types.gen'
import { PodAdmission } from './pod-admission.ts'

const node = {
  metadata: { labels: { zone: 'a' } },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '110' }, nodeInfo: { operatingSystem: 'linux' } },
} as unknown as Node
const asking = (spec: Partial<Pod['spec']>, cpu = '1'): Pod =>
  ({ metadata: { uid: 'u' }, spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...spec } }) as Pod

const listening = (hostIP: string, protocol = 'TCP', hostPort = 80): Pod =>
  asking({ containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort, hostIP, protocol }] }] } as never)

for (const [what, pod, others, reason] of [
  ['that fits', asking({ os: { name: 'linux' }, nodeSelector: { zone: 'a' } }), [], undefined],
  ['for another system', asking({ os: { name: 'windows' } }), [], 'PodOSNotSupported'],
  ['for another zone', asking({ nodeSelector: { zone: 'b' } }), [], 'NodeAffinity'],
  ['that asks for more than is left', asking({}, '1500m'), [asking({})], 'OutOfcpu'],
  ['for a port that is taken', listening('10.0.0.1'), [listening('0.0.0.0')], 'NodePorts'],
  ['for a port of another address', listening('10.0.0.1'), [listening('10.0.0.2')], undefined],
  ['for a port of another protocol', listening('', 'UDP'), [listening('')], undefined],
  ['for another port', listening('', 'TCP', 81), [listening('')], undefined],
] as const) {
  test(`a pod ${what}: ${reason ?? 'taken'}`, () => {
    const admission = new PodAdmission({ node: () => node, otherPods: () => others })
    assert.equal(admission.refusalOf(pod)?.reason, reason)
  })
}
