/**
 * Gives services their cluster addresses and node ports. What is taken is known from the services themselves, as the
 * cache shows them, and from the writes that are under way: there is no second record that could disagree.
 */
import type { Random } from '#base/env/random'
import { Service } from '#kinds/core/service.kind'
import { FieldPath, invalid } from '#meta/field-path'
import { internalError, invalidObject, type StatusError } from '#meta/status'
import type { Change, ChangeFeed } from '../authz/change-feed.ts'
import { needsClusterIp, needsHealthCheckPort, needsNodePorts, withCarriedOver } from './carried-over.ts'
import { isHeadless, withIpFamilies } from './ip-families.ts'
import { addressAt, familyOf, type IpRange, offsetIn, parseIpRange } from './ip-range.ts'
import { NumberPool } from './number-pool.ts'
import type { Claimed, HookFacts, WriteHook } from './write-hook.ts'

export type ServiceAllocationOptions = {
  /** `--service-cluster-ip-range`: one range, or one of each family. */
  readonly clusterIpRanges: readonly string[]
  /** `--service-node-port-range`, both ends included. */
  readonly nodePorts: { readonly from: number; readonly to: number }
  readonly random: Random
}

type ServiceSpec = NonNullable<Service['spec']>
type AddressSupply = { readonly range: IpRange; readonly pool: NumberPool }

const at = FieldPath.of('spec')

export class ServiceAllocation implements WriteHook<Service>, Disposable {
  readonly kind = Service
  readonly #addresses: readonly AddressSupply[]
  readonly #ports: NumberPool
  readonly #options: ServiceAllocationOptions
  readonly #subscription: Disposable

  constructor(feed: ChangeFeed, options: ServiceAllocationOptions) {
    const { random, nodePorts } = options
    this.#options = options
    this.#addresses = options.clusterIpRanges.map(parseIpRange).map((range) => ({ range, pool: addressPool(range, random) }))
    const size = nodePorts.to - nodePorts.from + 1
    this.#ports = new NumberPool({ size, reservedForChoice: bandSize(size, 32, 128), random })
    this.#subscription = feed.follow(Service, (change) => this.#follow(change))
  }

  /** The address of the service `kubernetes`: the first one of the first range. */
  get kubernetesServiceIp(): string {
    const first = this.#addresses[0]
    return first === undefined ? '' : addressAt(first.range, 1)
  }

  beforeCreate(service: Service, facts: HookFacts): Claimed<Service> {
    const spec = withAddressList(service.spec ?? {})
    return this.#allocate(service, spec, {}, facts)
  }

  beforeUpdate(next: Service, old: Service, facts: HookFacts): Claimed<Service> {
    const oldSpec = old.spec ?? {}
    const spec = withAddressList(withCarriedOver(next.spec ?? {}, oldSpec))
    return this.#allocate(next, spec, oldSpec, facts)
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
  }

  #allocate(service: Service, given: ServiceSpec, old: ServiceSpec, { isDryRun }: HookFacts): Claimed<Service> {
    const { spec, errors } = withIpFamilies(
      given,
      this.#addresses.map(({ range }) => range.family),
    )
    if (errors.length > 0) throw invalidObject(Service, service.metadata.name ?? '', errors)
    const claims = new DisposableStack()
    try {
      const addressed = this.#withAddresses(service, spec, old, claims)
      const object = { ...service, spec: this.#withPorts(service, addressed, old, claims) }
      // A dry run must not hold anything: nobody will see its answer in the cache.
      if (isDryRun) claims.dispose()
      return { object, [Symbol.dispose]: () => claims.dispose() }
    } catch (error) {
      claims.dispose()
      throw error
    }
  }

  #withAddresses(service: Service, spec: ServiceSpec, old: ServiceSpec, claims: DisposableStack): ServiceSpec {
    if (!needsClusterIp(spec) || isHeadless(spec)) return spec
    const given = spec.clusterIPs ?? []
    const clusterIPs = (spec.ipFamilies ?? []).map((family, index) => {
      const address = given[index]
      const supply = this.#addresses.find(({ range }) => range.family === family)
      if (supply === undefined) return address ?? ''
      if (!address) return this.#anyAddress(supply, claims)
      const isKept = old.clusterIPs?.includes(address) ?? false
      // What is no address at all is validation's to refuse.
      if (!isKept && familyOf(address) !== undefined) this.#claimAddress(service, given, address, supply, claims)
      return address
    })
    const all = [...clusterIPs, ...given.slice(clusterIPs.length)]
    return all.length === 0 ? spec : { ...spec, clusterIP: spec.clusterIP || all[0], clusterIPs: all }
  }

  #anyAddress({ range, pool }: AddressSupply, claims: DisposableStack): string {
    const offset = pool.claimAny()
    if (offset === undefined) throw internalError('failed to allocate a serviceIP: range is full')
    claims.defer(() => pool.unclaim(offset))
    return addressAt(range, offset)
  }

  #claimAddress(
    service: Service,
    given: readonly string[],
    address: string,
    { range, pool }: AddressSupply,
    claims: DisposableStack,
  ): void {
    const offset = offsetIn(range, address)
    if (offset === undefined) {
      const why = `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range.cidr}`
      throw invalidAddress(service, given, address, why)
    }
    if (!pool.claim(offset)) throw invalidAddress(service, given, address, 'provided IP is already allocated')
    claims.defer(() => pool.unclaim(offset))
  }

  #withPorts(service: Service, spec: ServiceSpec, old: ServiceSpec, claims: DisposableStack): ServiceSpec {
    const kept = new Set([...(old.ports ?? []).map((port) => port.nodePort), old.healthCheckNodePort])
    // One port may serve TCP and UDP of the same service.
    const claimed = new Set<number>()
    const claimPort = (port: number, path: FieldPath): void => {
      if (kept.has(port) || claimed.has(port)) return
      this.#claimPort(service, port, path, claims)
      claimed.add(port)
    }
    for (const [index, { nodePort }] of (spec.ports ?? []).entries()) {
      if (nodePort) claimPort(nodePort, at.field('ports').index(index).field('nodePort'))
    }
    const ports = needsNodePorts(spec)
      ? spec.ports?.map((port) => (port.nodePort ? port : { ...port, nodePort: this.#anyPort(claims) }))
      : spec.ports
    const withNodePorts = ports === undefined ? spec : { ...spec, ports }
    if (!needsHealthCheckPort(spec)) return withNodePorts
    if (spec.healthCheckNodePort) claimPort(spec.healthCheckNodePort, at.field('healthCheckNodePort'))
    return { ...withNodePorts, healthCheckNodePort: spec.healthCheckNodePort || this.#anyPort(claims) }
  }

  #anyPort(claims: DisposableStack): number {
    const offset = this.#ports.claimAny()
    if (offset === undefined) throw internalError('failed to allocate a nodePort: range is full')
    claims.defer(() => this.#ports.unclaim(offset))
    return this.#options.nodePorts.from + offset
  }

  #claimPort(service: Service, port: number, path: FieldPath, claims: DisposableStack): void {
    const { from, to } = this.#options.nodePorts
    const name = service.metadata.name ?? ''
    if (port < from || port > to) {
      const why = `provided port is not in the valid range. The range of valid ports is ${from}-${to}`
      throw invalidObject(Service, name, [invalid(path, port, why)])
    }
    const offset = port - from
    if (!this.#ports.claim(offset)) throw invalidObject(Service, name, [invalid(path, port, 'provided port is already allocated')])
    claims.defer(() => this.#ports.unclaim(offset))
  }

  #follow({ old, next }: Change<Service>): void {
    this.#eachTaken(next?.spec, (pool, number) => pool.hold(number))
    this.#eachTaken(old?.spec, (pool, number) => pool.release(number))
  }

  #eachTaken(spec: ServiceSpec | undefined, take: (pool: NumberPool, number: number) => void): void {
    for (const address of spec?.clusterIPs ?? []) {
      for (const { range, pool } of this.#addresses) {
        const offset = offsetIn(range, address)
        if (offset !== undefined) take(pool, offset)
      }
    }
    const { from, to } = this.#options.nodePorts
    const ports = new Set([...(spec?.ports ?? []).map((port) => port.nodePort), spec?.healthCheckNodePort])
    for (const port of ports) if (port && port >= from && port <= to) take(this.#ports, port - from)
  }
}

/** The network's own address and, in IPv4, its broadcast address are nobody's. */
function addressPool(range: IpRange, random: Random): NumberPool {
  const excluded = new Set(range.family === 'IPv4' ? [0, range.size - 1] : [0])
  return new NumberPool({ size: range.size, reservedForChoice: bandSize(range.size, 16, 256), excluded, random })
}

/** As upstream: the lower part of a range is left to those who choose. */
function bandSize(size: number, divisor: number, most: number): number {
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / divisor)), most)
}

/** The list is what counts; old clients write only the single field. */
function withAddressList(spec: ServiceSpec): ServiceSpec {
  const { clusterIP, clusterIPs = [] } = spec
  return clusterIP && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec
}

function invalidAddress(service: Service, given: readonly string[], address: string, why: string): StatusError {
  const error = invalid(at.field('clusterIPs'), given, `failed to allocate IP ${address}: ${why}`)
  return invalidObject(Service, service.metadata.name ?? '', [error])
}
