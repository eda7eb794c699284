import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FieldErrors } from '#meta/field-path'
import { validateIngress, validateNewIngress } from './ingress-validation.ts'
import { validateNetworkPolicy } from './network-policy-validation.ts'
import type { HTTPIngressPath, Ingress, NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicySpec } from './types.gen.ts'

const linesOf = (errors: FieldErrors) => [...errors].map(({ path, message }) => `${path}: ${message}`)
const policyOf = (spec: NetworkPolicySpec): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p' },
  spec,
})
const from = (rule: NetworkPolicyIngressRule): NetworkPolicySpec => ({ ingress: [rule] })

for (const [why, spec, want] of [
  ['nothing is wrong', { policyTypes: ['Ingress', 'Egress'] }, []],
  ['a peer is somebody', from({ from: [{}] }), ['spec.ingress[0].from[0]: Required value: must specify a peer']],
  [
    'a range of addresses stands alone',
    from({ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }),
    ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
  ],
  [
    'an exception lies inside',
    from({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }),
    ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`'],
  ],
  [
    'a range of ports goes up',
    from({ ports: [{ port: 90, endPort: 80 }] }),
    ['spec.ingress[0].ports[0].endPort: Invalid value: 90: must be greater than or equal to `port`'],
  ],
] as const) {
  test(`validateNetworkPolicy: ${why}`, () => assert.deepEqual(linesOf(validateNetworkPolicy(policyOf(spec))), want))
}

const backend = { service: { name: 's', port: { number: 80 } } }
const ingressOf = (spec: Ingress['spec'], annotations = {}): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i', annotations },
  spec,
  status: {},
})
const withPath = (path: HTTPIngressPath): Ingress['spec'] => ({ rules: [{ http: { paths: [path] } }] })

for (const [why, spec, want] of [
  ['it leads somewhere', {}, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
  ['nothing is wrong', withPath({ path: '/', pathType: 'Prefix', backend }), []],
  [
    'a path is absolute and clean',
    withPath({ path: '/a/../b', pathType: 'Exact', backend }),
    ['spec.rules[0].http.paths[0].path: Invalid value: "/a/../b": must not contain \'/../\''],
  ],
  [
    'a backend is one thing',
    { defaultBackend: { ...backend, resource: { kind: 'K', name: 'n' } } },
    ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
  ],
  [
    'a host is a name',
    { defaultBackend: backend, rules: [{ host: '1.2.3.4' }] },
    ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
  ],
] as const) {
  test(`validateIngress: ${why}`, () => assert.deepEqual(linesOf(validateIngress(ingressOf(spec))), want))
}

test('a new ingress names one class, in whichever way', () => {
  const named = (annotation: string) =>
    linesOf(
      validateNewIngress(ingressOf({ defaultBackend: backend, ingressClassName: 'y' }, { 'kubernetes.io/ingress.class': annotation })),
    )
  assert.deepEqual(named('y'), [])
  assert.deepEqual(named('x'), [
    'annotations.kubernetes.io/ingress.class: Invalid value: "x": must match `ingressClassName` when both are specified',
  ])
})
