/** Rendered text against files that people have read, and against nft itself where it may be asked. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ServiceRules } from '../../model/service-rules.ts'
import { fragmentOf } from './service-fragment.ts'
import type { TableContent } from './table-content.ts'
import { tableOf } from './table-of-rules.ts'
import { tableDifference, wholeTable } from './table-script.ts'
import { trafficOptions } from './traffic-options.ts'

const traffic = trafficOptions({ by: 'address', ranges: ['10.244.0.0/16', 'fd44::/56'] }, false)
const options = { tableName: 'navarch-proxy', nodePortRanges: ['192.0.2.10/32', '2001:db8::10/128'], maskedBridge: 'nv0' }
const [here, there] = [
  { address: '10.244.0.2', port: 8080, isLocal: true },
  { address: '10.244.1.3', port: 8080, isLocal: false },
]

function rules(changes: Partial<ServiceRules> = {}): ServiceRules {
  return {
    id: 'default/web/tcp/http',
    family: 'IPv4',
    protocol: 'tcp',
    frontends: [{ type: 'cluster-ip', address: '10.96.0.1', port: 80 }],
    affinitySeconds: undefined,
    endpoints: { cluster: [here, there], local: [here] },
    internal: 'cluster',
    external: 'cluster',
    ...changes,
  }
}

function table(...all: readonly ServiceRules[]): TableContent {
  const [first] = all
  return tableOf(
    first?.family ?? 'IPv4',
    all.map((one) => fragmentOf(one, traffic)),
    options,
  )
}

const nodePort = { type: 'node-port', port: 30080 } as const
const balancer = { type: 'load-balancer', address: '198.51.100.1', port: 80, sourceRanges: ['203.0.113.0/24'] } as const
const clusterIp = { type: 'cluster-ip', address: '10.96.0.1', port: 80 } as const
const none = { cluster: [], local: [] }

const goldens: readonly (readonly [string, TableContent])[] = [
  ['cluster-ip', table(rules())],
  ['no-endpoints', table(rules({ endpoints: none, internal: 'refuse', external: 'refuse', frontends: [clusterIp, nodePort] }))],
  ['node-port-local', table(rules({ external: 'local', frontends: [clusterIp, nodePort, balancer] }))],
  [
    'local-but-elsewhere',
    table(rules({ external: 'drop', internal: 'drop', endpoints: { cluster: [there], local: [] }, frontends: [clusterIp, nodePort] })),
  ],
  ['affinity', table(rules({ affinitySeconds: 600, internal: 'local' }))],
  [
    'ipv6-udp',
    table(
      rules({
        family: 'IPv6',
        protocol: 'udp',
        id: 'kube-system/dns/udp/dns',
        frontends: [{ type: 'cluster-ip', address: 'fd96::a', port: 53 }],
        endpoints: {
          cluster: [
            { address: 'fd44::2', port: 53, isLocal: true },
            { address: 'fd44::3', port: 5353, isLocal: false },
          ],
          local: [],
        },
      }),
    ),
  ],
]

for (const [name, content] of goldens) {
  test(`a whole table: ${name}`, (context) => {
    const script = wholeTable(content)
    const path = join(import.meta.dirname, `testdata/${name}.nft`)
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(path, script)
    assert.equal(script, readFileSync(path, 'utf8'))
    checkWithNft(context, script)
  })
}

test('nothing changed, nothing said', () => assert.equal(tableDifference(table(rules()), table(rules())), ''))

test('an endpoint less: its service’s rule and nothing else of other services', (context) => {
  const other = rules({ id: 'default/other/tcp/', frontends: [{ type: 'cluster-ip', address: '10.96.0.2', port: 80 }] })
  const [before, after] = [table(rules(), other), table(rules({ endpoints: { cluster: [here], local: [here] } }), other)]
  const change = tableDifference(before, after)
  assert.equal(
    change,
    `flush chain ip navarch-proxy cluster-default/web/tcp/http
add rule ip navarch-proxy cluster-default/web/tcp/http ip saddr != { 10.244.0.0/16 } meta mark set meta mark | 0x4000
add rule ip navarch-proxy cluster-default/web/tcp/http meta l4proto tcp dnat to 10.244.0.2:8080
`,
  )
  checkWithNft(context, wholeTable(before) + change)
})

for (const [why, before, after] of [
  ['a service goes', table(rules(), rules({ id: 'a/b/tcp/', frontends: [{ ...clusterIp, port: 81 }] })), table(rules())],
  ['a service comes', table(), table(rules())],
  ['the last endpoint goes', table(rules()), table(rules({ endpoints: none, internal: 'refuse', external: 'refuse' }))],
  ['affinity begins', table(rules()), table(rules({ affinitySeconds: 600 }))],
  ["affinity's timeout changes", table(rules({ affinitySeconds: 600 })), table(rules({ affinitySeconds: 60 }))],
  ['affinity ends', table(rules({ affinitySeconds: 600 })), table(rules())],
  [
    'a node port moves',
    table(rules({ frontends: [clusterIp, nodePort] })),
    table(rules({ frontends: [clusterIp, { ...nodePort, port: 30081 }] })),
  ],
  [
    'the policy changes',
    table(rules({ frontends: [clusterIp, nodePort] })),
    table(rules({ external: 'local', frontends: [clusterIp, nodePort] })),
  ],
  [
    'names are as long as they can be',
    table(rules()),
    table(rules({ affinitySeconds: 5, id: `${'n'.repeat(63)}/${'s'.repeat(63)}/tcp/${'p'.repeat(15)}` })),
  ],
] as const) {
  test(`nft takes the difference when ${why}`, (context) => {
    const change = tableDifference(before, after)
    assert.notEqual(change, '')
    checkWithNft(context, wholeTable(before) + change)
  })
}

test('two services with one external address and port: the first keeps it', () => {
  const external = { type: 'external-ip', address: '203.0.113.9', port: 80 } as const
  const content = table(rules({ frontends: [external] }), rules({ id: 'default/zebra/tcp/http', frontends: [external] }))
  assert.equal(content.sets.get('services')?.elements?.get('203.0.113.9 . tcp . 80'), 'goto external-default/web/tcp/http')
})

/** `nft -c` changes nothing. */
function checkWithNft(context: { diagnostic(message: string): void }, script: string): void {
  if (process.getuid?.() !== 0) return context.diagnostic('not asked: nft needs root')
  const { status, stderr, error } = spawnSync('nft', ['-c', '-f', '-'], { input: script, encoding: 'utf8' })
  if (error !== undefined) return context.diagnostic(`not asked: ${error.message}`)
  assert.equal(status, 0, `${stderr}\n${script}`)
}
