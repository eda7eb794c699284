import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, PodSpec } from '../types.gen.ts'
import { podNameWarnings, podWarnings, templateWarnings } from './pod-warnings.ts'

const podOf = (spec: Partial<PodSpec>, annotations = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', annotations },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
  status: {},
})

for (const [why, spec, want] of [
  ['a plain pod is fine', {}, []],
  [
    'labels of nodes have new names',
    { nodeSelector: { 'beta.kubernetes.io/os': 'x' } },
    ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
  ],
  [
    'no selector spreads nothing',
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }] },
    ['spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod'],
  ],
  [
    'files stand in the way of each other',
    {
      volumes: [
        {
          name: 'v',
          secret: {
            secretName: 's',
            items: [
              { key: 'a', path: 'p' },
              { key: 'b', path: 'p/q' },
            ],
          },
        },
      ],
    },
    ['volume "v" (Secret "s"): overlapping paths: "p/q" with "p"'],
  ],
  [
    'a source without content is none',
    { volumes: [{ name: 'v', projected: { sources: [{}] } }] },
    ['volume "v" (Projected) has no sources provided'],
  ],
  [
    'ports that are there twice',
    {
      containers: [
        { name: 'c', image: 'i', ports: [{ containerPort: 80 }, { containerPort: 80 }, { containerPort: 80, hostIP: '1.2.3.4' }] },
      ],
    },
    [
      'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.2.3.4}',
      'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[1]',
    ],
  ],
  [
    'host ports that one address takes and all take',
    {
      containers: [
        {
          name: 'c',
          image: 'i',
          ports: [
            { containerPort: 80, hostPort: 8 },
            { containerPort: 80, hostPort: 8, hostIP: '1.2.3.4' },
          ],
        },
      ],
    },
    ['spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]'],
  ],
  [
    'secrets without a name, and twice',
    { imagePullSecrets: [{}, { name: 'a' }, { name: 'a' }] },
    ['spec.imagePullSecrets[2].name: duplicate name "a"', 'spec.imagePullSecrets[0].name: invalid empty name ""'],
  ],
] as const satisfies readonly (readonly [string, Partial<PodSpec>, readonly string[]])[]) {
  test(`podWarnings: ${why}`, () => assert.deepEqual(podWarnings(podOf(spec), undefined), want))
}

test('podWarnings: former annotations are told of, and nothing on a change', () => {
  const pod = podOf({}, { 'scheduler.alpha.kubernetes.io/critical-pod': '' })
  assert.equal(podWarnings(pod, undefined).length, 1)
  assert.deepEqual(podWarnings(pod, pod), [])
})

test('podNameWarnings: pods are called after what makes them', () => {
  const [warning] = podNameWarnings({ metadata: { name: 'a.b' } }, undefined)
  assert.match(warning ?? '', /^metadata.name: this is used in Pod names and hostnames, .* recommended: \[must not contain dots\]$/)
})

test('templateWarnings: told again only when the spec changes', () => {
  const spec = { template: { spec: podOf({ imagePullSecrets: [{}] }).spec } }
  const warningsOf = (old: typeof spec | undefined) => templateWarnings([spec, old], ({ template }) => template)
  assert.deepEqual(warningsOf(undefined), ['spec.template.spec.imagePullSecrets[0].name: invalid empty name ""'])
  assert.deepEqual(warningsOf(structuredClone(spec)), [])
})
