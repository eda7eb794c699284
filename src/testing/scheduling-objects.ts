/** Nodes and pods for scheduling tests: a line says what matters, the rest is as usual. */
import type { Container, Node, Pod, PodSpec } from '#kinds/core/types.gen'
import { type PodFacts, podFactsOf } from '#scheduler/framework/pod-facts'

type NodeTraits = {
  readonly labels?: Readonly<Record<string, string>>
  readonly allocatable?: Readonly<Record<string, string>>
  readonly spec?: Node['spec']
  readonly images?: NonNullable<Node['status']>['images']
}

export function testNode(name: string, { labels = {}, allocatable = {}, spec = {}, images }: NodeTraits = {}): Node {
  const all = { cpu: '4', memory: '8Gi', pods: '110', ...allocatable }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { capacity: all, allocatable: all, images },
  }
}

type PodTraits = {
  readonly labels?: Readonly<Record<string, string>>
  readonly requests?: Readonly<Record<string, string>>
  readonly container?: Partial<Container>
  readonly spec?: Partial<PodSpec>
  readonly metadata?: Partial<Pod['metadata']>
  readonly status?: Pod['status']
}

/** The name serves as uid too. */
export function testPod(name: string, { labels, requests, container, spec, metadata, status = {} }: PodTraits = {}): PodFacts {
  return podFactsOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: name, labels, ...metadata },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'main', image: 'nginx', resources: { requests }, ...container }],
      ...spec,
    },
    status,
  })
}
