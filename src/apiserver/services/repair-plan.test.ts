import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '#kinds/core/service.kind'
import type { IPAddress } from '#kinds/networking/ip-address.kind'
import { addressLabels, addressObject } from './address-object.ts'
import { parseIpRange } from './ip-range.ts'
import { addressRepair, portFindings, type Repair, type RepairFacts, serviceRepairs } from './repair-plan.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')

function service(name: string, clusterIP: string, nodePort?: number): Service {
  const ports = nodePort === undefined ? [] : [{ port: 80, nodePort }]
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'a' },
    spec: { clusterIP, clusterIPs: [clusterIP], ports },
    status: {},
  }
}

function entryOf(address: string, owner: Service, changes: Partial<IPAddress['metadata']> = {}): IPAddress {
  const object = addressObject(address, owner)
  return { ...object, metadata: { ...object.metadata, creationTimestamp: '2026-01-01T11:59:30Z', ...changes } }
}

function facts(services: readonly Service[], entries: readonly IPAddress[] = []): RepairFacts {
  return {
    service: (namespace, name) => services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    address: (name) => entries.find(({ metadata }) => metadata.name === name),
    ranges: [parseIpRange('10.96.0.0/24')],
    ports: { from: 30_000, to: 30_010 },
    nowMs,
  }
}

function summary({ finding, mend }: Repair): string {
  return [finding?.reason, finding?.note, mend?.do].filter((part) => part !== undefined).join(' | ')
}

const own = service('s', '10.96.0.5')
const other = service('o', '10.96.0.5')
const foreign: IPAddress = {
  ...entryOf('10.96.0.5', own),
  spec: { parentRef: { group: 'x', resource: 'gateways', namespace: 'a', name: 's' } },
}

for (const [why, subject, entries, services, want] of [
  ['all is well', own, [entryOf('10.96.0.5', own)], [own], []],
  ['no address of its own', service('h', 'None'), [], [], []],
  ['missing', own, [], [own], ['ClusterIPNotAllocated | Cluster IP [IPv4]: 10.96.0.5 is not allocated; repairing | create']],
  [
    'outside of all ranges',
    service('s', '10.97.0.5'),
    [],
    [],
    ['ClusterIPOutOfRange | Cluster IP [IPv4]: 10.97.0.5 is not within any configured Service CIDR; please recreate service'],
  ],
  ['no address', service('s', 'x'), [], [], ['ClusterIPNotValid | Cluster IP x is not a valid IP; please recreate Service']],
  ['without labels', own, [entryOf('10.96.0.5', own, { labels: {} })], [own], ['label']],
  [
    "said to be somebody else's",
    own,
    [foreign],
    [own],
    ['ClusterIPNotAllocated | the ClusterIP [IPv4]: 10.96.0.5 for Service a/s has a wrong reference; repairing | replace'],
  ],
  [
    "another service's that is gone",
    own,
    [entryOf('10.96.0.5', other)],
    [own],
    ['ClusterIPNotAllocated | the ClusterIP [IPv4]: 10.96.0.5 for Service a/s has a wrong reference; repairing | replace'],
  ],
  [
    "another service's that has it",
    own,
    [entryOf('10.96.0.5', other)],
    [own, other],
    ['ClusterIPAlreadyAllocated | Cluster IP [IPv4]:10.96.0.5 was assigned to multiple services; please recreate service'],
  ],
] as const) {
  test(`the address of a service: ${why}`, () => assert.deepEqual(serviceRepairs(subject, facts(services, entries)).map(summary), want))
}

for (const [why, entry, services, want] of [
  ['a service has it', entryOf('10.96.0.5', own), [own], undefined],
  ['it is not ours', { ...entryOf('10.96.0.5', own), metadata: { name: '10.96.0.5' } }, [], undefined],
  ['its service may be on its way', entryOf('10.96.0.5', own), [], undefined],
  [
    'its service is gone',
    entryOf('10.96.0.5', own, { creationTimestamp: '2026-01-01T11:58:00Z' }),
    [],
    'IPAddressNotAllocated | IPAddress: 10.96.0.5 for Service a/s appears to have leaked: cleaning up | delete',
  ],
  [
    'its service has another one',
    entryOf('10.96.0.6', own),
    [own],
    'IPAddressWrongReference | IPAddress: 10.96.0.6 for Service a/s has a wrong reference; cleaning up | delete',
  ],
  [
    'it refers to no service',
    foreign,
    [own],
    'IPAddressNotAllocated | IPAddress 10.96.0.5 appears to have been modified, not referencing a Service &ParentReference{Group:x,Resource:gateways,Namespace:a,Name:s,}: cleaning up | delete',
  ],
] as const) {
  test(`the object of an address: ${why}`, () => {
    const repair = addressRepair(entry, facts(services))
    assert.equal(repair === undefined ? undefined : summary(repair), want)
  })
}

test('node ports that are out of range or had twice are told of', () => {
  const services = [service('a', '', 30_001), service('b', '', 30_001), service('c', '', 80)]
  assert.deepEqual(
    portFindings(services, facts(services)).map(({ about, note }) => `${about.metadata.name}: ${note}`),
    [
      'b: Port 30001 was assigned to multiple services; please recreate service',
      'c: Port 80 is not within the port range 30000-30010; please recreate service',
    ],
  )
})

test('labels name the family', () => {
  assert.equal(addressLabels('fd00::1')['ipaddress.kubernetes.io/ip-family'], 'IPv6')
})
