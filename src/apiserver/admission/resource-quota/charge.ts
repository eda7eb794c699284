/** Whether the quotas of a namespace have room for a write, and what they have used after it. Pure. */

import type { Amounts } from '#domain/pod-totals'
import { isInScope } from '#domain/quota-scopes'
import { usageOf } from '#domain/quota-usage'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { ResourceQuota } from '#kinds/core/resource-quota.kind'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { addQuantity, compareQuantity, subtractQuantity } from '#meta/quantity'

export type ChargedWrite = { readonly kind: Kind; readonly object: KubeObject; readonly old: KubeObject | undefined }

/** The quotas whose usage grows, as they are then; or why there is no room. */
export type Charge =
  | { readonly kind: 'charged'; readonly quotas: readonly ResourceQuota[] }
  | { readonly kind: 'refused'; readonly why: string }

export function charge(quotas: readonly ResourceQuota[], write: ChargedWrite): Charge {
  const usage = usageOf(write.kind, write.object)
  const concerned: ResourceQuota[] = []
  for (const quota of quotas) {
    const resources = matchingResources(quota, write.kind, usage)
    if (resources.length === 0 || !isInScope(quota, write.kind, write.object)) continue
    const fault = unstated(quota, resources, write) ?? unknownUsage(quota, resources)
    if (fault !== undefined) return { kind: 'refused', why: fault }
    concerned.push(quota)
  }
  const added = growth(usage, write)
  const charged: ResourceQuota[] = []
  for (const quota of concerned) {
    const requested = only(added, Object.keys(quota.status?.hard ?? {}))
    if (Object.keys(requested).length === 0) continue
    const used = sum(quota.status?.used ?? {}, requested)
    const exceeded = Object.keys(requested).filter((name) => compareQuantity(used[name] ?? '0', quota.status?.hard?.[name] ?? '0') > 0)
    if (exceeded.length > 0) return { kind: 'refused', why: exceededText(quota, requested, exceeded) }
    charged.push({ ...quota, status: { ...quota.status, used } })
  }
  return { kind: 'charged', quotas: charged }
}

/** The constrained resources that objects of the kind count for, whether this one does or not. */
function matchingResources({ status }: ResourceQuota, kind: Kind, usage: Amounts): readonly string[] {
  return Object.keys(status?.hard ?? {}).filter((name) => usage[name] !== undefined || isOfKind(name, kind))
}

const ofPods = /^(cpu|memory|ephemeral-storage|hugepages-.+|requests\.(?!storage$).+|limits\..+)$/

function isOfKind(name: string, { group, plural }: Kind): boolean {
  if (group !== '') return false
  switch (plural) {
    case 'pods':
      return ofPods.test(name)
    case 'services':
      return name.startsWith('services.')
    case 'persistentvolumeclaims':
      return name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/')
    default:
      return false
  }
}

const mustBeStated = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory']

/** Where cpu or memory is constrained, every container has to say how much it wants. */
function unstated(quota: ResourceQuota, resources: readonly string[], { kind, object }: ChargedWrite): string | undefined {
  if (kind.group !== '' || kind.plural !== 'pods') return undefined
  const { containers, initContainers = [], resources: ofPod } = (object as Pod).spec
  const faults = mustBeStated.flatMap((name) => {
    const [field, resource] = name.startsWith('limits.')
      ? (['limits', name.slice(7)] as const)
      : (['requests', name.replace('requests.', '')] as const)
    if (!resources.includes(name) || ofPod?.[field]?.[resource] !== undefined) return []
    const silent = [...containers, ...initContainers].filter((container) => container.resources?.[field]?.[resource] === undefined)
    return silent.length === 0
      ? []
      : [
          `${name} for: ${silent
            .map((container) => container.name)
            .sort()
            .join(',')}`,
        ]
  })
  return faults.length === 0 ? undefined : `failed quota: ${quota.metadata.name}: must specify ${faults.join('; ')}`
}

function unknownUsage({ metadata, status }: ResourceQuota, resources: readonly string[]): string | undefined {
  if (resources.every((name) => status?.used?.[name] !== undefined)) return undefined
  return `status unknown for quota: ${metadata.name}, resources: ${[...resources].sort().join(',')}`
}

/** What the write adds; less than before counts as nothing, since only the controller gives back. */
function growth(usage: Amounts, { kind, old }: ChargedWrite): Amounts {
  const before = old === undefined ? {} : usageOf(kind, old)
  const differences = Object.entries(usage).map(([name, amount]) => [name, subtractQuantity(amount, before[name] ?? '0')] as const)
  return Object.fromEntries(differences.filter(([, difference]) => compareQuantity(difference, '0') > 0))
}

function exceededText({ metadata, status }: ResourceQuota, requested: Amounts, exceeded: readonly string[]): string {
  const show = (amounts: Amounts | undefined) =>
    exceeded
      .toSorted()
      .map((name) => `${name}=${amounts?.[name] ?? '0'}`)
      .join(',')
  return `exceeded quota: ${metadata.name}, requested: ${show(requested)}, used: ${show(status?.used)}, limited: ${show(status?.hard)}`
}

function only(amounts: Amounts, names: readonly string[]): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => names.includes(name)))
}

function sum(used: Amounts, added: Amounts): Amounts {
  return { ...used, ...Object.fromEntries(Object.entries(added).map(([name, amount]) => [name, addQuantity(used[name] ?? '0', amount)])) }
}
