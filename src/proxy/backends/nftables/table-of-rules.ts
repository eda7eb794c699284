/**
 * A whole table for one family: a nat chain at each hook, one look-up per new connection, and the parts of the services.
 *
 * Only the first packet of a connection passes here; connection tracking does the rest. What is refused never becomes a connection.
 */
import type { IpFamily } from '../../model/address.ts'
import type { ServiceFragment } from './service-fragment.ts'
import type { ChainContent, SetContent, TableContent, TableFamily } from './table-content.ts'
import { isMarkedForMasquerade } from './traffic-options.ts'

export type TableOptions = {
  readonly tableName: string
  /** Ranges of the node's own addresses on which node ports are open. */
  readonly nodePortRanges: readonly string[]
  /** Pods behind this bridge answer each other past connection tracking, so calls among them are masqueraded. */
  readonly maskedBridge: string | undefined
}

export function tableOf(family: IpFamily, fragments: Iterable<ServiceFragment>, options: TableOptions): TableContent {
  const words = wordsOf(family)
  const parts = [...fragments]
  const chains = new Map<string, ChainContent>(baseChains(words, options))
  for (const part of parts) for (const [name, rules] of part.chains) chains.set(name, { hook: undefined, rules })
  return { family: words.table, name: options.tableName, chains, sets: setsOf(words, parts, family, options) }
}

type Words = { readonly table: TableFamily; readonly ip: string; readonly address: string; readonly loopback: string }

function wordsOf(family: IpFamily): Words {
  return family === 'IPv4'
    ? { table: 'ip', ip: 'ip', address: 'ipv4_addr', loopback: '127.0.0.0/8' }
    : { table: 'ip6', ip: 'ip6', address: 'ipv6_addr', loopback: '::1' }
}

function baseChains({ ip, loopback }: Words, { maskedBridge }: TableOptions): readonly [string, ChainContent][] {
  const sameBridge = maskedBridge === undefined ? [] : [`ct status dnat iifname "${maskedBridge}" oifname "${maskedBridge}" masquerade`]
  return [
    ['refuse', { hook: undefined, rules: ['reject'] }],
    [
      'translate',
      {
        hook: undefined,
        rules: [
          `${ip} daddr . meta l4proto . th dport vmap @services`,
          // The kernel would not route a translated packet that came from a loopback address.
          `${ip} daddr != ${loopback} ${ip} daddr @node-port-ranges fib daddr type local meta l4proto . th dport vmap @node-ports`,
          `${ip} daddr @cluster-ips goto refuse`,
        ],
      },
    ],
    ['prerouting', { hook: 'type nat hook prerouting priority -100 ;', rules: ['jump translate'] }],
    ['output', { hook: 'type nat hook output priority -100 ;', rules: ['jump translate'] }],
    [
      'postrouting',
      {
        hook: 'type nat hook postrouting priority 100 ;',
        rules: [
          `${isMarkedForMasquerade} masquerade fully-random`,
          `ct status dnat ${ip} saddr . ${ip} daddr @hairpins masquerade fully-random`,
          ...sameBridge,
        ],
      },
    ],
  ]
}

/** Where two services claim one address and port, the first in order has it. */
function setsOf(
  { address }: Words,
  parts: readonly ServiceFragment[],
  family: IpFamily,
  { nodePortRanges }: TableOptions,
): ReadonlyMap<string, SetContent> {
  const services = new Map<string, string>()
  const nodePorts = new Map<string, string>()
  const clusterIps = new Map<string, string>()
  const hairpins = new Map<string, string>()
  const affinity: [string, SetContent][] = []
  for (const part of parts) {
    for (const [key, verdict] of part.services) if (!services.has(key)) services.set(key, verdict)
    for (const [key, verdict] of part.nodePorts) if (!nodePorts.has(key)) nodePorts.set(key, verdict)
    for (const key of part.clusterIps) clusterIps.set(key, '')
    for (const key of part.hairpins) hairpins.set(key, '')
    for (const [name, seconds] of part.affinitySets) {
      affinity.push([
        name,
        { type: 'set', declaration: `type ${address} ; flags dynamic, timeout ; timeout ${seconds}s ;`, elements: undefined },
      ])
    }
  }
  const ranges = new Map(nodePortRanges.filter((range) => range.includes(':') === (family === 'IPv6')).map((range) => [range, '']))
  return new Map<string, SetContent>([
    ['services', { type: 'map', declaration: `type ${address} . inet_proto . inet_service : verdict ;`, elements: services }],
    ['node-ports', { type: 'map', declaration: 'type inet_proto . inet_service : verdict ;', elements: nodePorts }],
    ['cluster-ips', { type: 'set', declaration: `type ${address} ;`, elements: clusterIps }],
    ['hairpins', { type: 'set', declaration: `type ${address} . ${address} ;`, elements: hairpins }],
    ['node-port-ranges', { type: 'set', declaration: `type ${address} ; flags interval ; auto-merge ;`, elements: ranges }],
    ...affinity,
  ])
}
