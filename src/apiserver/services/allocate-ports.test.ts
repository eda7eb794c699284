import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import type { Service } from '#kinds/core/service.kind'
import { withPorts } from './allocate-ports.ts'
import { AllocationTurn, type PortSupply } from './allocation-turn.ts'
import { NumberPool } from './number-pool.ts'

type Spec = NonNullable<Service['spec']>

const [tcp, udp] = [
  { name: 'a', port: 80, protocol: 'TCP' },
  { name: 'b', port: 80, protocol: 'UDP' },
]
const other = { name: 'c', port: 81, protocol: 'TCP' }

/** Of the ports from 30000 to 30009 the last one is somebody's. */
function supply(): PortSupply {
  const pool = new NumberPool({ size: 10, reservedForChoice: 0, random: seededRandom(1) })
  pool.hold(9)
  return { from: 30_000, to: 30_009, pool }
}

function outcome(spec: Spec, old?: Spec, isDryRun = false): string {
  const ports = supply()
  for (const { nodePort = 0 } of old?.ports ?? []) if (nodePort !== 0) ports.pool.hold(nodePort - ports.from)
  const service: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec, status: {} }
  using turn = new AllocationTurn({ service, isDryRun })
  try {
    const given = withPorts(ports, spec, old, turn)
    const all = [...(given.ports ?? []).map(({ nodePort }) => nodePort ?? '-'), given.healthCheckNodePort ?? '']
    return all
      .map((port) => (typeof port === 'number' && port < 32_000 && !JSON.stringify([spec, old]).includes(`${port}`) ? 'any' : port))
      .join(' ')
      .trim()
  } catch (error) {
    assert.ok(error instanceof Error)
    return error.message.replace('Service "s" is invalid: ', '')
  }
}

const isTaken = 'provided port is already allocated'
const nodePort = { type: 'NodePort' }
const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }

for (const [why, spec, old, want] of [
  ['none is needed', { ports: [tcp] }, undefined, '-'],
  ['any', { ...nodePort, ports: [tcp, other] }, undefined, 'any any'],
  ['a given one', { ...nodePort, ports: [{ ...tcp, nodePort: 30_001 }] }, undefined, '30001'],
  ['a given one counts for the other protocol', { ...nodePort, ports: [tcp, { ...udp, nodePort: 30_001 }] }, undefined, '30001 30001'],
  [
    'two given ones for one port',
    {
      ...nodePort,
      ports: [
        { ...tcp, nodePort: 30_001 },
        { ...udp, nodePort: 30_002 },
      ],
    },
    undefined,
    '30001 30002',
  ],
  [
    'one for two ports',
    {
      ...nodePort,
      ports: [
        { ...tcp, nodePort: 30_001 },
        { ...other, nodePort: 30_001 },
      ],
    },
    undefined,
    `spec.ports[1].nodePort: Invalid value: 30001: ${isTaken}`,
  ],
  [
    "somebody's",
    { ...nodePort, ports: [{ ...tcp, nodePort: 30_009 }] },
    undefined,
    `spec.ports[0].nodePort: Invalid value: 30009: ${isTaken}`,
  ],
  [
    'out of range',
    { ...nodePort, ports: [{ ...tcp, nodePort: 80 }] },
    undefined,
    'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-30009',
  ],
  [
    'not wanted, but for one',
    { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [tcp, { ...other, nodePort: 30_002 }] },
    undefined,
    '- 30002',
  ],
  ['a check', { ...local, ports: [tcp] }, undefined, 'any any'],
  [
    "a check at somebody's",
    { ...local, ports: [tcp], healthCheckNodePort: 30_009 },
    undefined,
    `Internal error occurred: failed to allocate requested HealthCheck NodePort 30009: ${isTaken}`,
  ],
  ['what it has', { ...nodePort, ports: [{ ...tcp, nodePort: 30_001 }] }, { ...nodePort, ports: [{ ...tcp, nodePort: 30_001 }] }, '30001'],
  [
    'what it has, twice',
    {
      ...nodePort,
      ports: [
        { ...tcp, nodePort: 30_001 },
        { ...other, nodePort: 30_001 },
      ],
    },
    { ...nodePort, ports: [{ ...tcp, nodePort: 30_001 }] },
    'duplicate nodePort: {TCP 30001}',
  ],
  ['the check that it has', { ...local, ports: [] }, { ...local, healthCheckNodePort: 30_003 }, '30003'],
] as const satisfies readonly (readonly [string, Spec, Spec | undefined, string])[]) {
  test(`node ports of a service: ${why}`, () => assert.equal(outcome(spec, old), want))
}

test('a dry run shows ports that nobody is given, and refuses what is taken', () => {
  assert.equal(outcome({ ...nodePort, ports: [tcp, udp, other] }, undefined, true), '32769 32769 32770')
  assert.match(outcome({ ...nodePort, ports: [{ ...tcp, nodePort: 30_009 }] }, undefined, true), /already allocated/)
})

test('a range that is used up is an error of the server', () => {
  const many = Array.from({ length: 10 }, (_, index) => ({ name: `p${index}`, port: index + 1 }))
  assert.equal(outcome({ ...nodePort, ports: many }), 'Internal error occurred: failed to allocate a nodePort: range is full')
})
