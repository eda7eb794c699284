/** How the node tells its pods' traffic from that of others, in nft's words. */
import { familyOf, type IpFamily } from '../../model/address.ts'

/** As upstream's default (bit 14), so that both can be told apart from other users' marks in the same way. */
const masqueradeMark = '0x4000'

export const markForMasquerade = `meta mark set meta mark | ${masqueradeMark}`
export const isMarkedForMasquerade = `meta mark & ${masqueradeMark} == ${masqueradeMark}`

export type TrafficOptions = {
  /** The rule that marks calls which do not come from the cluster's pods; none where nothing is known about these. */
  markOffCluster(family: IpFamily): readonly string[]
  /** Rules that apply `verdict` to calls of the cluster's pods. */
  whenFromCluster(family: IpFamily, verdict: string): readonly string[]
}

/** How pods' traffic is known: by address, or by the interface on which it comes in. */
export type LocalTraffic =
  | { readonly by: 'address'; readonly ranges: readonly string[] }
  | { readonly by: 'interface'; readonly name: string }
  | { readonly by: 'nothing' }

export function trafficOptions(local: LocalTraffic, masqueradesAll: boolean): TrafficOptions {
  return {
    markOffCluster(family) {
      if (masqueradesAll) return [markForMasquerade]
      return sourceMatch(local, family, '!=').map((match) => `${match} ${markForMasquerade}`)
    },
    whenFromCluster(family, verdict) {
      return sourceMatch(local, family, '==').map((match) => `${match} ${verdict}`)
    },
  }
}

function sourceMatch(local: LocalTraffic, family: IpFamily, operator: '==' | '!='): readonly string[] {
  if (local.by === 'nothing') return []
  if (local.by === 'interface') return [`iifname ${operator} "${local.name}"`]
  const ranges = local.ranges.filter((range) => familyOf(range) === family)
  if (ranges.length === 0) return []
  return [`${family === 'IPv4' ? 'ip' : 'ip6'} saddr ${operator} { ${ranges.join(', ')} }`]
}
