/**
 * From which ranges services get their addresses: the ServiceCIDR objects that are ready, as the cache shows them. Until there are any, and for what
 * a cluster is set up with (its families, what a dry run shows), `--service-cluster-ip-range` counts.
 */
import { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { isBeingDeleted } from '#meta/object'
import type { Change, ChangeFeed } from '../authz/change-feed.ts'
import { type IpFamily, type IpRange, isUsableIn, parseIpRange } from './ip-range.ts'

export class ServiceRanges implements Disposable {
  /** The first is the default one. */
  readonly configured: readonly IpRange[]
  readonly #objects = new Map<string, ServiceCIDR>()
  readonly #subscription: Disposable
  #ready: readonly IpRange[]

  constructor(feed: ChangeFeed, cidrs: readonly string[]) {
    this.configured = cidrs.map(parseIpRange)
    this.#ready = this.configured
    this.#subscription = feed.follow(ServiceCIDR, (change) => this.#follow(change))
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
  }

  configuredOf(family: IpFamily): IpRange | undefined {
    return this.configured.find((range) => range.family === family)
  }

  readyOf(family: IpFamily): readonly IpRange[] {
    return this.#ready.filter((range) => range.family === family)
  }

  /** Whether services may get the address. */
  hasReady(address: string): boolean {
    return this.#ready.some((range) => isUsableIn(range, address))
  }

  #follow({ old, next }: Change<ServiceCIDR>): void {
    if (old !== undefined) this.#objects.delete(old.metadata.name ?? '')
    if (next !== undefined) this.#objects.set(next.metadata.name ?? '', next)
    this.#ready = this.#objects.size === 0 ? this.configured : readyRanges([...this.#objects.values()])
  }
}

/** Each range once, also where several objects name it. */
function readyRanges(objects: readonly ServiceCIDR[]): readonly IpRange[] {
  const ranges = objects.filter(isReady).flatMap(({ spec }) => (spec?.cidrs ?? []).map(parseIpRange))
  return [...new Map(ranges.map((range) => [range.cidr, range])).values()]
}

/** As upstream: a range of which nothing is said yet can be used. */
function isReady(object: ServiceCIDR): boolean {
  const condition = object.status?.conditions?.find(({ type }) => type === 'Ready')
  return !isBeingDeleted(object) && (condition === undefined || condition.status === 'True')
}
