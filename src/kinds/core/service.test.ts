import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Service } from './service.kind.ts'

const facts = { nowMs: 0, subresource: '' }

function serviceOf(spec: Service['spec']): Service {
  const service: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'n' }, spec, status: {} }
  return Service.defaults?.(service) ?? service
}

const port = { port: 80, protocol: 'TCP' }

test('what was given out stays where an update leaves it out', () => {
  const old = serviceOf({
    type: 'NodePort',
    ports: [{ ...port, nodePort: 30001 }],
    clusterIP: '10.0.0.1',
    clusterIPs: ['10.0.0.1'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  })
  const next = Service.update.prepare?.(serviceOf({ type: 'NodePort', ports: [port] }), old, facts)
  assert.equal(next?.spec.clusterIP, '10.0.0.1')
  assert.equal(next?.spec.ports?.[0]?.nodePort, 30001)
  assert.deepEqual(next?.spec.ipFamilies, ['IPv4'])
})

test('a change to ClusterIP gives node ports and traffic policy back', () => {
  const old = serviceOf({ type: 'NodePort', ports: [{ ...port, nodePort: 30001 }], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] })
  const next = Service.update.prepare?.({ ...old, spec: { ...old.spec, type: 'ClusterIP' } }, old, facts)
  assert.equal(next?.spec.ports?.[0]?.nodePort, undefined)
  assert.equal(next?.spec.externalTrafficPolicy, undefined)
  assert.equal(next?.spec.clusterIP, '10.0.0.1')
})

test('a change to ExternalName gives everything of the cluster back', () => {
  const old = serviceOf({ type: 'NodePort', ports: [{ ...port, nodePort: 30001 }], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] })
  const spec = { ...old.spec, type: 'ExternalName', externalName: 'example.com' }
  const next = Service.update.prepare?.({ ...old, spec }, old, facts)
  const { clusterIP, externalTrafficPolicy, internalTrafficPolicy } = next?.spec ?? {}
  assert.deepEqual([clusterIP, externalTrafficPolicy, internalTrafficPolicy], [undefined, undefined, undefined])
})

test('an address cannot change once it is set', () => {
  const old = serviceOf({ ports: [port], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] })
  const next = serviceOf({ ports: [port], clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'] })
  assert.deepEqual(
    [...(Service.update.validate?.(next, old, facts) ?? [])].map((error) => error.path),
    ['spec.clusterIPs[0]'],
  )
})
