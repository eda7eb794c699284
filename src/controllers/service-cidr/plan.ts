/** What a range of service addresses needs: a finalizer and a word that it is ready while it is in use, its end once nobody depends on it. Pure. */
import { isWithin } from '#kinds/ip-address'
import type { IPAddress } from '#kinds/networking/ip-address.kind'
import type { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { isBeingDeleted } from '#meta/object'

export const finalizer = 'networking.k8s.io/service-cidr-finalizer'

/** As upstream: API servers shall have heard that no address is to come from it any more. */
const deletionGraceMs = 10_000

export type Condition = { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string }

export type Plan =
  | { readonly do: 'nothing' }
  | { readonly do: 'keep'; readonly finalizers?: readonly string[]; readonly condition?: Condition }
  | { readonly do: 'wait'; readonly afterMs: number }
  | { readonly do: 'release'; readonly finalizers: readonly string[] }

const ready: Condition = { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
const terminating: Condition = {
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
}

export type Observed = {
  readonly range: ServiceCIDR
  readonly all: readonly ServiceCIDR[]
  /** Of services, by their own word. */
  readonly addresses: readonly IPAddress[]
}

export function planFor(observed: Observed, nowMs: number): Plan {
  const { metadata } = observed.range
  const { finalizers = [], deletionTimestamp } = metadata
  const isHeld = finalizers.includes(finalizer)
  if (deletionTimestamp === undefined) {
    return {
      do: 'keep',
      ...(isHeld ? {} : { finalizers: [...finalizers, finalizer] }),
      ...(hasCondition(observed.range, ready) ? {} : { condition: ready }),
    }
  }
  if (!isHeld) return { do: 'nothing' }
  if (isNeeded(observed)) return { do: 'keep', ...(hasCondition(observed.range, terminating) ? {} : { condition: terminating }) }
  const afterMs = Date.parse(deletionTimestamp) + deletionGraceMs - nowMs
  if (afterMs > 0) return { do: 'wait', afterMs }
  return { do: 'release', finalizers: finalizers.filter((one) => one !== finalizer) }
}

/** Whether an address lies in it that lies in no other range. */
function isNeeded({ range, all, addresses }: Observed): boolean {
  const others = all.filter((one) => one.metadata.name !== range.metadata.name && !isBeingDeleted(one)).flatMap(cidrsOf)
  const own = cidrsOf(range).filter((cidr) => !others.some((other) => isWithin(cidr, other)))
  return addresses.some(({ metadata: { name = '' } }) => {
    const isOurs = own.some((cidr) => isWithin(name, cidr))
    return isOurs && !others.some((other) => isWithin(name, other))
  })
}

function cidrsOf({ spec }: ServiceCIDR): readonly string[] {
  return spec?.cidrs ?? []
}

function hasCondition({ status }: ServiceCIDR, wanted: Condition): boolean {
  const found = status?.conditions?.find(({ type }) => type === 'Ready')
  return found?.status === wanted.status && found.reason === wanted.reason && found.message === wanted.message
}
