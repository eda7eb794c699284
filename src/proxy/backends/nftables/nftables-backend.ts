/**
 * Brings the kernel's tables to a desired rule set: only what differs, in one transaction for both families.
 *
 * `#applied` is what the kernel was last seen to accept. When a transaction fails it is forgotten, and the next one replaces
 * the tables as a whole.
 */
import type { Log } from '#base/env/log'
import type { IpFamily } from '../../model/address.ts'
import type { ServiceRules } from '../../model/service-rules.ts'
import { dropStaleFlows } from './connection-tracking.ts'
import { runProgram } from './run-program.ts'
import { fragmentOf, type ServiceFragment } from './service-fragment.ts'
import type { TableContent } from './table-content.ts'
import { type TableOptions, tableOf } from './table-of-rules.ts'
import { tableDifference, wholeTable } from './table-script.ts'
import type { TrafficOptions } from './traffic-options.ts'

export type NftablesOptions = TableOptions & { readonly traffic: TrafficOptions }

/** What a sync did, for metrics. */
export type SyncResult = { readonly type: 'full' | 'partial'; readonly scriptLength: number }

export class NftablesBackend {
  readonly #log: Log
  readonly #options: NftablesOptions
  readonly #fragments = new WeakMap<ServiceRules, ServiceFragment>()
  #applied: readonly TableContent[] | undefined
  #udpRules: ReadonlySet<ServiceRules> = new Set()

  constructor(log: Log, options: NftablesOptions) {
    this.#log = log
    this.#options = options
  }

  /** Rules that are the same objects as last time are not rendered again. Rejects when the kernel refuses; call again then. */
  async apply(rules: readonly ServiceRules[]): Promise<SyncResult> {
    const before = this.#applied
    const wanted = this.#tables(rules)
    const script = wanted
      .map((table) =>
        scriptFor(
          before?.find(({ family }) => family === table.family),
          table,
        ),
      )
      .join('')
    if (script !== '') {
      this.#applied = undefined
      await runProgram('nft', ['-f', '-'], script)
    }
    this.#applied = wanted
    await this.#cleanFlows(rules)
    return { type: before === undefined ? 'full' : 'partial', scriptLength: script.length }
  }

  /** Forgets what the kernel holds, so that the next `apply` writes everything. */
  forget(): void {
    this.#applied = undefined
  }

  /** IPv6 only once a service asks for it: a machine may be without. */
  #tables(rules: readonly ServiceRules[]): readonly TableContent[] {
    const hasIpv6 = rules.some(({ family }) => family === 'IPv6') || this.#applied?.some(({ family }) => family === 'ip6') === true
    const families: readonly IpFamily[] = hasIpv6 ? ['IPv4', 'IPv6'] : ['IPv4']
    return families.map((family) =>
      tableOf(
        family,
        rules.filter((one) => one.family === family).map((one) => this.#fragment(one)),
        this.#options,
      ),
    )
  }

  #fragment(rules: ServiceRules): ServiceFragment {
    const known = this.#fragments.get(rules)
    if (known !== undefined) return known
    const fragment = fragmentOf(rules, this.#options.traffic)
    this.#fragments.set(rules, fragment)
    return fragment
  }

  /** UDP has no end of a connection: flows to endpoints that are gone would go on as long as the client sends. */
  async #cleanFlows(rules: readonly ServiceRules[]): Promise<void> {
    const udp = new Set(rules.filter(({ protocol }) => protocol === 'udp'))
    const isSame = udp.size === this.#udpRules.size && udp.isSubsetOf(this.#udpRules)
    this.#udpRules = udp
    if (isSame || udp.size === 0) return
    try {
      await dropStaleFlows([...udp])
    } catch (error) {
      this.#log.warn('cannot clean up UDP flows: clients may reach ended pods until they pause', { error })
    }
  }
}

function scriptFor(before: TableContent | undefined, after: TableContent): string {
  return before === undefined ? wholeTable(after) : tableDifference(before, after)
}

/** Takes the tables away, whether or not a proxy of this process made them. */
export async function removeTables(tableName: string): Promise<void> {
  const script = (['ip', 'ip6'] as const)
    .map((family) => `add table ${family} ${tableName}\ndelete table ${family} ${tableName}\n`)
    .join('')
  await runProgram('nft', ['-f', '-'], script)
}
