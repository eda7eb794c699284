import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoints } from '#kinds/core/endpoints.kind'
import type { Service } from '#kinds/core/service.kind'
import { isMirrored, mirroredGroups } from './plan.ts'

const subsets = [{ addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], notReadyAddresses: [{ ip: '10.0.0.2' }], ports: [{ port: 80 }] }]

function endpoints(labels: Record<string, string> = {}, annotations: Record<string, string> = {}): Endpoints {
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'e', labels, annotations }, subsets }
}

function service(selector?: Record<string, string>): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'e' }, spec: { selector }, status: {} }
}

test('mirroring: only endpoints made by hand, for a service, and not told otherwise', () => {
  assert.equal(isMirrored(endpoints(), service()), true)
  assert.equal(isMirrored(endpoints(), undefined), false)
  assert.equal(isMirrored(endpoints(), service({ app: 'web' })), false)
  assert.equal(isMirrored(endpoints({ 'endpointslice.kubernetes.io/skip-mirror': 'true' }), service()), false)
  assert.equal(isMirrored(endpoints({}, { 'control-plane.alpha.kubernetes.io/leader': '{}' }), service()), false)
})

test('mirroring: addresses of one family, ready and not, under their ports', () => {
  assert.deepEqual(mirroredGroups(endpoints(), 'IPv4'), [
    {
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: { ready: true } },
        { addresses: ['10.0.0.2'], conditions: { ready: false } },
      ],
    },
  ])
  assert.equal(mirroredGroups(endpoints(), 'IPv6')[0]?.endpoints.length, 1)
})
