/** The part of a table that one port of one service needs. Pure; the same rules make the same text. */
import { createHash } from 'node:crypto'
import { endpointsOf, type Frontend, type ServiceRules, type Verdict } from '../../model/service-rules.ts'
import type { Endpoint } from '../../model/slice-endpoints.ts'
import { markForMasquerade, type TrafficOptions } from './traffic-options.ts'

export type ServiceFragment = {
  readonly chains: ReadonlyMap<string, readonly string[]>
  /** Sets that remember clients, by name, with their timeout. */
  readonly affinitySets: ReadonlyMap<string, number>
  readonly services: ReadonlyMap<string, string>
  readonly nodePorts: ReadonlyMap<string, string>
  readonly clusterIps: readonly string[]
  readonly hairpins: readonly string[]
}

export function fragmentOf(rules: ServiceRules, options: TrafficOptions): ServiceFragment {
  const chains = new Map<string, readonly string[]>()
  const services = new Map<string, string>()
  const nodePorts = new Map<string, string>()
  for (const frontend of rules.frontends) {
    const verdict = verdictOf(rules, frontend)
    if (frontend.type === 'node-port') nodePorts.set(`${rules.protocol} . ${frontend.port}`, verdict)
    else services.set(`${frontend.address} . ${rules.protocol} . ${frontend.port}`, verdict)
    for (const [name, lines] of guardChain(rules, frontend)) chains.set(name, lines)
  }
  const { balancing, affinitySets } = balancingChains(rules, options)
  for (const [name, lines] of [...entryChains(rules, options), ...balancing]) chains.set(name, lines)
  const clusterIps = rules.frontends.flatMap((frontend) => (frontend.type === 'cluster-ip' ? [frontend.address] : []))
  const hairpins = [...new Set(endpointsOf(rules).flatMap(({ address, isLocal }) => (isLocal ? [`${address} . ${address}`] : [])))]
  return { chains, affinitySets, services, nodePorts, clusterIps, hairpins }
}

/** Where a call to the frontend goes. */
function verdictOf(rules: ServiceRules, frontend: Frontend): string {
  if (frontend.type === 'load-balancer' && frontend.sourceRanges.length > 0) return `goto ${chainName('guard', rules)}`
  return frontend.type === 'cluster-ip' ? internalEntry(rules) : externalEntry(rules)
}

function internalEntry(rules: ServiceRules): string {
  if (rules.internal === 'local') return `goto ${chainName('internal', rules)}`
  return rules.internal === 'cluster' ? `goto ${chainName('cluster', rules)}` : plainVerdict(rules.internal)
}

function externalEntry(rules: ServiceRules): string {
  return hasExternalChain(rules) ? `goto ${chainName('external', rules)}` : plainVerdict(rules.external)
}

function plainVerdict(verdict: Verdict): string {
  return verdict === 'refuse' ? 'goto refuse' : 'drop'
}

function hasExternalChain({ frontends, external, endpoints }: ServiceRules): boolean {
  if (!frontends.some(({ type }) => type !== 'cluster-ip')) return false
  return external === 'cluster' || external === 'local' || (external === 'drop' && endpoints.cluster.length > 0)
}

/** A load balancer's address that only some may call. */
function guardChain(rules: ServiceRules, frontend: Frontend): readonly [string, readonly string[]][] {
  if (frontend.type !== 'load-balancer' || frontend.sourceRanges.length === 0) return []
  const source = rules.family === 'IPv4' ? 'ip saddr' : 'ip6 saddr'
  const lines = [...frontend.sourceRanges.map((range) => `${source} ${range} ${externalEntry(rules)}`), 'drop']
  return [[chainName('guard', rules), lines]]
}

function entryChains(rules: ServiceRules, options: TrafficOptions): readonly [string, readonly string[]][] {
  const chains: [string, readonly string[]][] = []
  if (rules.internal === 'local') {
    chains.push([chainName('internal', rules), [...options.markOffCluster(rules.family), `goto ${chainName('local', rules)}`]])
  }
  if (hasExternalChain(rules)) chains.push([chainName('external', rules), externalLines(rules, options)])
  return chains
}

/** Under policy Local the caller's address must survive; calls of this node and its pods may still go anywhere, as upstream. */
function externalLines(rules: ServiceRules, options: TrafficOptions): readonly string[] {
  const toCluster = `goto ${chainName('cluster', rules)}`
  if (rules.external === 'cluster') return [markForMasquerade, toCluster]
  const fromHere =
    rules.endpoints.cluster.length === 0
      ? []
      : [
          ...options.whenFromCluster(rules.family, toCluster),
          `fib saddr type local ${markForMasquerade}`,
          `fib saddr type local ${toCluster}`,
        ]
  return [...fromHere, rules.external === 'local' ? `goto ${chainName('local', rules)}` : 'drop']
}

function balancingChains(
  rules: ServiceRules,
  options: TrafficOptions,
): Pick<ServiceFragment, 'affinitySets'> & { readonly balancing: ReadonlyMap<string, readonly string[]> } {
  const { cluster, local } = rules.endpoints
  const needsLocal = local.length > 0 && (rules.internal === 'local' || rules.external === 'local')
  const needsCluster = cluster.length > 0 && (rules.internal === 'cluster' || hasExternalChain(rules))
  const balancing = new Map<string, readonly string[]>()
  if (needsCluster) balancing.set(chainName('cluster', rules), [...options.markOffCluster(rules.family), ...choice(rules, cluster)])
  if (needsLocal) balancing.set(chainName('local', rules), choice(rules, local))
  const affinitySets = new Map<string, number>()
  if (rules.affinitySeconds === undefined) return { balancing, affinitySets }
  for (const endpoint of [...(needsCluster ? cluster : []), ...(needsLocal ? local : [])]) {
    affinitySets.set(affinityName(rules, endpoint), rules.affinitySeconds)
    balancing.set(endpointName(rules, endpoint), [
      `update @${affinityName(rules, endpoint)} { ${sourceOf(rules)} }`,
      `meta l4proto ${rules.protocol} dnat to ${socketAddress(endpoint)}`,
    ])
  }
  return { balancing, affinitySets }
}

/** One rule for any number of endpoints, unless clients stay: then each has a chain that remembers who came. */
function choice(rules: ServiceRules, endpoints: readonly Endpoint[]): readonly string[] {
  const [only] = endpoints
  if (rules.affinitySeconds === undefined) {
    if (endpoints.length === 1 && only !== undefined) return [`meta l4proto ${rules.protocol} dnat to ${socketAddress(only)}`]
    const entries = endpoints.map(({ address, port }, index) => `${index} : ${address} . ${port}`)
    const family = rules.family === 'IPv4' ? 'ip' : 'ip6'
    return [`meta l4proto ${rules.protocol} dnat ${family} to numgen random mod ${endpoints.length} map { ${entries.join(', ')} }`]
  }
  const returning = endpoints.map(
    (endpoint) => `${sourceOf(rules)} @${affinityName(rules, endpoint)} goto ${endpointName(rules, endpoint)}`,
  )
  const entries = endpoints.map((endpoint, index) => `${index} : goto ${endpointName(rules, endpoint)}`)
  return [...returning, `numgen random mod ${endpoints.length} vmap { ${entries.join(', ')} }`]
}

function sourceOf({ family }: ServiceRules): string {
  return family === 'IPv4' ? 'ip saddr' : 'ip6 saddr'
}

function socketAddress({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function chainName(role: 'cluster' | 'local' | 'internal' | 'external' | 'guard', { id }: ServiceRules): string {
  return nftName(`${role}-${id}`)
}

function endpointName({ id }: ServiceRules, { address, port }: Endpoint): string {
  return nftName(`endpoint-${id}/${address}/${port}`)
}

/** The timeout is part of the name, for a set's timeout cannot be changed. */
function affinityName({ id, affinitySeconds }: ServiceRules, { address, port }: Endpoint): string {
  return nftName(`affinity-${affinitySeconds}-${id}/${address}/${port}`)
}

const nameLengthMax = 120

/** A name that nft takes: no colons, and short; what is cut off is told apart by a hash. */
function nftName(text: string): string {
  const name = text.replaceAll(':', '.')
  if (name.length <= nameLengthMax) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16)
  return `${name.slice(0, nameLengthMax - hash.length - 1)}-${hash}`
}
