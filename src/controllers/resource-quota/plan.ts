/** What the objects of a namespace use of a quota. Pure. */
import { isPodFinished } from '#domain/pod-phase'
import type { Amounts } from '#domain/pod-totals'
import { isInScope } from '#domain/quota-scopes'
import { usageOf } from '#domain/quota-usage'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { ResourceQuota } from '#kinds/core/resource-quota.kind'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { addQuantity } from '#meta/quantity'

/** The objects of one kind in the quota's namespace. */
export type Holding = { readonly kind: Kind; readonly objects: readonly KubeObject[] }

/** What is limited but not used is zero. */
export function quotaUsage(quota: ResourceQuota, holdings: readonly Holding[], nowMs: number): Amounts {
  const used = new Map(Object.keys(quota.spec?.hard ?? {}).map((name) => [name, '0']))
  for (const { kind, objects } of holdings) {
    for (const object of objects) {
      if (!isInScope(quota, kind, object)) continue
      for (const [name, amount] of Object.entries(heldBy(kind, object, nowMs))) {
        const before = used.get(name)
        if (before !== undefined) used.set(name, addQuantity(before, amount))
      }
    }
  }
  return Object.fromEntries(used)
}

/** Whether what the object uses has changed, so that quotas have to be counted again. Growth was charged when it was admitted. */
export function changesUsage(kind: Kind, object: KubeObject, old: KubeObject, nowMs: number): boolean {
  const before = heldBy(kind, old, nowMs)
  const after = heldBy(kind, object, nowMs)
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].some((name) => before[name] !== after[name])
}

/** A pod that has ended gives back all but its place among the objects. */
function heldBy(kind: Kind, object: KubeObject, nowMs: number): Amounts {
  const usage = usageOf(kind, object)
  if (kind.group !== '' || kind.plural !== 'pods' || !hasEnded(object as Pod, nowMs)) return usage
  return Object.fromEntries(Object.entries(usage).filter(([name]) => name.startsWith('count/')))
}

/** Past its grace a pod that is told to go counts no more: its node may have gone before it. */
function hasEnded(pod: Pod, nowMs: number): boolean {
  const { deletionTimestamp } = pod.metadata
  return isPodFinished(pod) || (deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < nowMs)
}
