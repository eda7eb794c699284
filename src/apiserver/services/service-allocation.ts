/**
 * Gives services their cluster addresses and node ports. Whose an address is, an IPAddress object says, which comes and goes in one transaction with
 * what the service says; which ports are taken is known from the services themselves. Both are known from the cache and from the writes that are
 * under way: there is no second record that could disagree.
 */
import type { Random } from '#base/env/random'
import { Service } from '#kinds/core/service.kind'
import { withSameClusterIPs } from '#kinds/core/service-strategy'
import { IPAddress } from '#kinds/networking/ip-address.kind'
import type { Kind } from '#meta/kind'
import { invalidObject } from '#meta/status'
import type { Change, ChangeFeed } from '../authz/change-feed.ts'
import { AddressBook } from './address-book.ts'
import { addressesOf, addressObject, isAddressOf } from './address-object.ts'
import { withAddresses } from './allocate-addresses.ts'
import { withPorts } from './allocate-ports.ts'
import { type AddressSupply, AllocationTurn, type PortSupply, type ServiceSpec } from './allocation-turn.ts'
import { withCarriedOver } from './carried-over.ts'
import { withIpFamilies } from './ip-families.ts'
import { addressAt } from './ip-range.ts'
import { NumberPool } from './number-pool.ts'
import { PortGuards, type SharedRecord } from './port-guard.ts'
import { ServiceRanges } from './service-ranges.ts'
import type { Claimed, Companion, HookFacts, WriteHook } from './write-hook.ts'

export type ServiceAllocationOptions = {
  /** `--service-cluster-ip-range`: one range, or one of each family. */
  readonly clusterIpRanges: readonly string[]
  /** `--service-node-port-range`, both ends included. */
  readonly nodePorts: { readonly from: number; readonly to: number }
  readonly random: Random
  /** Where servers that share a store meet; undefined for the only one of a store. */
  readonly record?: SharedRecord | undefined
}

export class ServiceAllocation implements WriteHook<Service>, Disposable {
  readonly kind = Service
  readonly #addresses: AddressSupply
  readonly #ports: PortSupply
  readonly #portGuards: PortGuards | undefined
  readonly #random: Random
  readonly #subscriptions = new DisposableStack()

  constructor(feed: ChangeFeed, { clusterIpRanges, nodePorts, random, record }: ServiceAllocationOptions) {
    this.#random = random
    this.#addresses = { ranges: this.#subscriptions.use(new ServiceRanges(feed, clusterIpRanges)), book: new AddressBook() }
    const size = nodePorts.to - nodePorts.from + 1
    this.#ports = { ...nodePorts, pool: new NumberPool({ size, reservedForChoice: bandSize(size), random }) }
    this.#portGuards = record === undefined ? undefined : new PortGuards(record, this.#ports)
    this.#subscriptions.use(feed.follow(IPAddress, (change) => this.#followAddress(change)))
    this.#subscriptions.use(feed.follow(Service, (change) => this.#followService(change)))
  }

  /** The address of the service `kubernetes`: the first one of the first range. */
  get kubernetesServiceIp(): string {
    const [first] = this.#addresses.ranges.configured
    return first === undefined ? '' : addressAt(first, 1n)
  }

  beforeCreate(service: Service, facts: HookFacts): Claimed<Service> {
    return this.#allocate(service, withAddressList(service.spec ?? {}), undefined, facts)
  }

  beforeUpdate(next: Service, old: Service, facts: HookFacts): Claimed<Service> {
    const sent = withSameClusterIPs(next.spec ?? {}, old.spec)
    return this.#allocate(next, withAddressList(withCarriedOver(sent, old.spec ?? {})), old, facts)
  }

  onRemoval(old: Service): readonly Companion[] {
    return this.#releases(old, [])
  }

  [Symbol.dispose](): void {
    this.#subscriptions.dispose()
  }

  #allocate(service: Service, given: ServiceSpec, old: Service | undefined, { isDryRun }: HookFacts): Claimed<Service> {
    const configured = this.#addresses.ranges.configured.map(({ family }) => family)
    const { spec, errors } = withIpFamilies(given, old?.spec, configured)
    if (errors.length > 0) throw invalidObject(Service, service.metadata.name ?? '', errors)
    const turn = new AllocationTurn({ service, isDryRun })
    try {
      const addressed = withAddresses({ supply: this.#addresses, random: this.#random, turn }, spec, old?.spec ?? {})
      const object = { ...service, spec: withPorts(this.#ports, addressed, old?.spec, turn) }
      const created = turn.addresses.map((address) => creation(addressObject(address, service)))
      const released = old === undefined ? [] : this.#releases(old, addressesOf(object))
      const guard = turn.ports.length === 0 ? undefined : this.#portGuards?.guard(turn.ports)
      return { object, companions: [...created, ...released], guard, [Symbol.dispose]: () => turn[Symbol.dispose]() }
    } catch (error) {
      turn[Symbol.dispose]()
      throw error
    }
  }

  /** What the service has and does not keep; an address that is said to be another's is left to the repair. */
  #releases(old: Service, kept: readonly string[]): readonly Companion[] {
    return addressesOf(old)
      .filter((address) => !kept.includes(address))
      .filter((address) => {
        const entry = this.#addresses.book.entry(address)
        return entry !== undefined && isAddressOf(entry, old)
      })
      .map((name) => ({ type: 'remove', kind: IPAddress as unknown as Kind, name }))
  }

  #followAddress({ old, next }: Change<IPAddress>): void {
    if (old !== undefined) this.#addresses.book.strike(old)
    if (next !== undefined) this.#addresses.book.record(next)
  }

  #followService({ old, next }: Change<Service>): void {
    for (const address of next === undefined ? [] : addressesOf(next)) this.#addresses.book.use(address)
    for (const address of old === undefined ? [] : addressesOf(old)) this.#addresses.book.disuse(address)
    const { from, pool } = this.#ports
    for (const port of this.#portsOf(next)) pool.hold(port - from)
    for (const port of this.#portsOf(old)) pool.release(port - from)
  }

  #portsOf(service: Service | undefined): readonly number[] {
    const { from, to } = this.#ports
    const ports = new Set([...(service?.spec?.ports ?? []).map((port) => port.nodePort), service?.spec?.healthCheckNodePort])
    return [...ports].filter((port) => port !== undefined && port >= from && port <= to).map(Number)
  }
}

function creation(object: IPAddress): Companion {
  return { type: 'create', kind: IPAddress as unknown as Kind, object }
}

/** As upstream: the lower part of the ports is left to those who choose. */
function bandSize(size: number): number {
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128)
}

/** The list is what counts; old clients write only the single field. */
function withAddressList(spec: ServiceSpec): ServiceSpec {
  const { clusterIP, clusterIPs = [] } = spec
  return clusterIP && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec
}
