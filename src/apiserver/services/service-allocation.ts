/**
 * Gives services their cluster addresses and node ports. What is taken is known from the services themselves, as the
 * cache shows them, and from the writes that are under way: there is no second record that could disagree.
 */
import type { Random } from '#base/env/random'
import { Service } from '#kinds/core/service.kind'
import { invalidObject } from '#meta/status'
import type { Change, ChangeFeed } from '../authz/change-feed.ts'
import { AllocationTurn, type ServiceSpec, type Supplies } from './allocation-turn.ts'
import { withCarriedOver } from './carried-over.ts'
import { withIpFamilies } from './ip-families.ts'
import { addressAt, type IpRange, offsetIn, parseIpRange } from './ip-range.ts'
import { NumberPool } from './number-pool.ts'
import type { Claimed, HookFacts, WriteGuard, WriteHook } from './write-hook.ts'

export type ServiceAllocationOptions = {
  /** `--service-cluster-ip-range`: one range, or one of each family. */
  readonly clusterIpRanges: readonly string[]
  /** `--service-node-port-range`, both ends included. */
  readonly nodePorts: { readonly from: number; readonly to: number }
  readonly random: Random
  /** Where servers that share a store meet; undefined for the only one of a store. */
  readonly record?: SharedRecord | undefined
}

export type SharedRecord = {
  readonly key: string
  /** Of the key, as of the same moment as the services that `feed` has told of; 0 where there is none. */
  readonly revision: () => number
  /** The value that says which ports are taken, by their offsets. */
  readonly encode: (ports: Iterable<number>) => Uint8Array
}

export class ServiceAllocation implements WriteHook<Service>, Disposable {
  readonly kind = Service
  readonly #supplies: Supplies
  readonly #record: SharedRecord | undefined
  readonly #subscription: Disposable

  constructor(feed: ChangeFeed, { clusterIpRanges, nodePorts, random, record }: ServiceAllocationOptions) {
    this.#record = record
    const size = nodePorts.to - nodePorts.from + 1
    this.#supplies = {
      addresses: clusterIpRanges.map(parseIpRange).map((range) => ({ range, pool: addressPool(range, random) })),
      ports: { ...nodePorts, pool: new NumberPool({ size, reservedForChoice: bandSize(size, 32, 128), random }) },
    }
    this.#subscription = feed.follow(Service, (change) => this.#follow(change))
  }

  /** The address of the service `kubernetes`: the first one of the first range. */
  get kubernetesServiceIp(): string {
    const first = this.#supplies.addresses[0]
    return first === undefined ? '' : addressAt(first.range, 1)
  }

  beforeCreate(service: Service, facts: HookFacts): Claimed<Service> {
    return this.#allocate(service, withAddressList(service.spec ?? {}), {}, facts)
  }

  beforeUpdate(next: Service, old: Service, facts: HookFacts): Claimed<Service> {
    const oldSpec = old.spec ?? {}
    return this.#allocate(next, withAddressList(withCarriedOver(next.spec ?? {}, oldSpec)), oldSpec, facts)
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
  }

  #allocate(service: Service, given: ServiceSpec, old: ServiceSpec, { isDryRun }: HookFacts): Claimed<Service> {
    const serviceName = service.metadata.name ?? ''
    const configured = this.#supplies.addresses.map(({ range }) => range.family)
    const { spec, errors } = withIpFamilies(given, configured)
    if (errors.length > 0) throw invalidObject(Service, serviceName, errors)
    const turn = new AllocationTurn(this.#supplies, { serviceName, isDryRun })
    try {
      const object = { ...service, spec: turn.withPorts(turn.withAddresses(spec, old), old) }
      return { object, guard: turn.hasClaims ? this.#guard() : undefined, [Symbol.dispose]: () => turn[Symbol.dispose]() }
    } catch (error) {
      turn[Symbol.dispose]()
      throw error
    }
  }

  #guard(): WriteGuard | undefined {
    const record = this.#record
    if (record === undefined) return undefined
    return { key: record.key, modRevision: record.revision(), value: record.encode(this.#supplies.ports.pool.taken()) }
  }

  #follow({ old, next }: Change<Service>): void {
    this.#eachTaken(next?.spec, (pool, number) => pool.hold(number))
    this.#eachTaken(old?.spec, (pool, number) => pool.release(number))
  }

  #eachTaken(spec: ServiceSpec | undefined, take: (pool: NumberPool, number: number) => void): void {
    for (const address of spec?.clusterIPs ?? []) {
      for (const { range, pool } of this.#supplies.addresses) {
        const offset = offsetIn(range, address)
        if (offset !== undefined) take(pool, offset)
      }
    }
    const { from, to, pool } = this.#supplies.ports
    const ports = new Set([...(spec?.ports ?? []).map((port) => port.nodePort), spec?.healthCheckNodePort])
    for (const port of ports) if (port && port >= from && port <= to) take(pool, port - from)
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
