/** Addresses and ports for one write of one service. What it claims, it holds until it is disposed. */
import { Service } from '#kinds/core/service.kind'
import { FieldPath, invalid } from '#meta/field-path'
import { internalError, invalidObject, type StatusError } from '#meta/status'
import { needsClusterIp, needsHealthCheckPort, needsNodePorts } from './carried-over.ts'
import { isHeadless } from './ip-families.ts'
import { addressAt, familyOf, type IpRange, offsetIn } from './ip-range.ts'
import type { NumberPool } from './number-pool.ts'

export type AddressSupply = { readonly range: IpRange; readonly pool: NumberPool }
/** Both ends are included. */
export type PortSupply = { readonly from: number; readonly to: number; readonly pool: NumberPool }
export type Supplies = { readonly addresses: readonly AddressSupply[]; readonly ports: PortSupply }

export type ServiceSpec = NonNullable<Service['spec']>

const at = FieldPath.of('spec')
/** As upstream: what a dry run shows as node port is none that could be given out. */
const firstDryPort = 32769

export class AllocationTurn implements Disposable {
  readonly #supplies: Supplies
  readonly #serviceName: string
  readonly #isDryRun: boolean
  readonly #claims = new DisposableStack()
  #nextDryPort = firstDryPort
  #hasClaims = false

  constructor(supplies: Supplies, { serviceName, isDryRun }: { readonly serviceName: string; readonly isDryRun: boolean }) {
    this.#supplies = supplies
    this.#serviceName = serviceName
    this.#isDryRun = isDryRun
  }

  /** Whether anything was taken that the service did not have. */
  get hasClaims(): boolean {
    return this.#hasClaims
  }

  [Symbol.dispose](): void {
    this.#claims.dispose()
  }

  /** One address for each family, the given ones where they can be had; throws 422 where they cannot. */
  withAddresses(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
    if (!needsClusterIp(spec) || isHeadless(spec)) return spec
    const given = spec.clusterIPs ?? []
    // A family named twice is validation's to refuse.
    const clusterIPs = [...new Set(spec.ipFamilies)].map((family, index) => {
      const address = given[index]
      const supply = this.#supplies.addresses.find(({ range }) => range.family === family)
      if (supply === undefined) return address ?? ''
      if (!address) return this.#anyAddress(supply)
      const isKept = old.clusterIPs?.includes(address) ?? false
      // So is what is no address at all.
      if (!isKept && familyOf(address) !== undefined) this.#claimAddress(address, given, supply)
      return address
    })
    const all = [...clusterIPs, ...given.slice(clusterIPs.length)]
    return all.length === 0 ? spec : { ...spec, clusterIP: spec.clusterIP || all[0], clusterIPs: all }
  }

  /** A port of the nodes for each port that needs one, and one for health checks; throws 422 for ports that cannot be had. */
  withPorts(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
    this.#claimGivenPorts(spec, old)
    const ports = needsNodePorts(spec)
      ? spec.ports?.map((port) => (port.nodePort ? port : { ...port, nodePort: this.#anyPort() }))
      : spec.ports
    return {
      ...spec,
      ...(ports === undefined ? {} : { ports }),
      ...(needsHealthCheckPort(spec) ? { healthCheckNodePort: spec.healthCheckNodePort || this.#anyPort() } : {}),
    }
  }

  #anyAddress({ range, pool }: AddressSupply): string {
    if (this.#isDryRun) return addressAt(range, 0)
    const offset = pool.claimAny()
    if (offset === undefined) throw internalError('failed to allocate a serviceIP: range is full')
    this.#keep(pool, offset)
    return addressAt(range, offset)
  }

  #claimAddress(address: string, given: readonly string[], { range, pool }: AddressSupply): void {
    const fault = (why: string) => this.#refusal(at.field('clusterIPs'), given, `failed to allocate IP ${address}: ${why}`)
    const offset = offsetIn(range, address)
    if (offset === undefined) throw fault(`the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range.cidr}`)
    if (!pool.claim(offset)) throw fault('provided IP is already allocated')
    this.#keep(pool, offset)
  }

  #claimGivenPorts(spec: ServiceSpec, old: ServiceSpec): void {
    // One port may serve TCP and UDP of the same service, and what the service has, it need not claim.
    const own = new Set([...(old.ports ?? []).map((port) => port.nodePort), old.healthCheckNodePort])
    const given = [
      ...(spec.ports ?? []).map(({ nodePort }, index) => [nodePort, at.field('ports').index(index).field('nodePort')] as const),
      [needsHealthCheckPort(spec) ? spec.healthCheckNodePort : undefined, at.field('healthCheckNodePort')] as const,
    ]
    for (const [port, path] of given) {
      if (!port || own.has(port)) continue
      this.#claimPort(port, path)
      own.add(port)
    }
  }

  #claimPort(port: number, path: FieldPath): void {
    const { from, to, pool } = this.#supplies.ports
    if (port < from || port > to) {
      throw this.#refusal(path, port, `provided port is not in the valid range. The range of valid ports is ${from}-${to}`)
    }
    if (!pool.claim(port - from)) throw this.#refusal(path, port, 'provided port is already allocated')
    this.#keep(pool, port - from)
  }

  #anyPort(): number {
    if (this.#isDryRun) return this.#nextDryPort++
    const { from, pool } = this.#supplies.ports
    const offset = pool.claimAny()
    if (offset === undefined) throw internalError('failed to allocate a nodePort: range is full')
    this.#keep(pool, offset)
    return from + offset
  }

  #keep(pool: NumberPool, number: number): void {
    this.#hasClaims = true
    this.#claims.defer(() => pool.unclaim(number))
  }

  #refusal(path: FieldPath, value: unknown, detail: string): StatusError {
    return invalidObject(Service, this.#serviceName, [invalid(path, value, detail)])
  }
}
