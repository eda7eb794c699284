import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod, Service } from '#kinds/core/types.gen'
import { forwardedPorts } from './forwarded-ports.ts'

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', ports: [{ name: 'web', containerPort: 8080 }] }] },
  status: {},
}

const service = (clusterIP: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's' },
  spec: {
    clusterIP,
    ports: [
      { name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' },
      { name: 'admin', port: 81, targetPort: 9000, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
  status: {},
})

for (const [spec, local, remote] of [
  ['80', 80, 80],
  ['8000:80', 8000, 80],
  [':80', 0, 80],
  ['web', 8080, 8080],
  ['9:web', 9, 8080],
] as const) {
  test(`a pod's port: ${spec}`, () => assert.deepEqual(forwardedPorts([spec], pod, undefined), [{ local, remote }]))
}

for (const [spec, local, remote] of [
  ['80', 80, 8080],
  ['http', 80, 8080],
  ['1:admin', 1, 9000],
] as const) {
  test(`a service's port: ${spec}`, () => assert.deepEqual(forwardedPorts([spec], pod, service('10.0.0.1')), [{ local, remote }]))
}

test('a service without an address of its own has the ports of its pods', () => {
  assert.deepEqual(forwardedPorts(['81'], pod, service('None')), [{ local: 81, remote: 81 }])
})

for (const [spec, of, message] of [
  ['x', undefined, /Pod 'p' does not have a named port 'x'/],
  ['80:0', undefined, /remote port must be > 0/],
  ['70000', undefined, /error parsing local port '70000': .*value out of range/],
  ['x:80', undefined, /error parsing local port 'x': .*invalid syntax/],
  ['99', service('10.0.0.1'), /Service s does not have a service port 99/],
  ['53', service('10.0.0.1'), /UDP protocol is not supported for 53/],
] as const) {
  test(`refused: ${spec}`, () => assert.throws(() => forwardedPorts([spec], pod, of), message))
}
