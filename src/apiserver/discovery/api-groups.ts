/** The kinds that are served, ordered as discovery shows them. Recomputed when the kind table changes. */
import type { Kind } from '#meta/kind'

export type ApiVersion = { readonly group: string; readonly version: string; readonly kinds: readonly Kind[] }
export type ApiGroup = { readonly name: string; readonly versions: readonly ApiVersion[] }

/** As upstream: most wanted first, so that clients resolve short names in this order; others follow by name. */
const groupOrder: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'storagemigration.k8s.io',
]

export function apiGroupsOf(kinds: readonly Kind[]): readonly ApiGroup[] {
  const groups = Map.groupBy(kinds, ({ group }) => group)
  return [...groups].map(([name, members]) => ({ name, versions: versionsOf(name, members) })).toSorted(byOrder)
}

function versionsOf(group: string, kinds: readonly Kind[]): readonly ApiVersion[] {
  const versions = Map.groupBy(kinds, ({ version }) => version)
  return [...versions]
    .map(([version, members]) => ({ group, version, kinds: members.toSorted((a, b) => compare(a.plural, b.plural)) }))
    .toSorted((a, b) => compareVersions(a.version, b.version))
}

function byOrder(a: ApiGroup, b: ApiGroup): number {
  return rankOf(a.name) - rankOf(b.name) || compare(a.name, b.name)
}

function rankOf(group: string): number {
  const index = groupOrder.indexOf(group)
  return index < 0 ? groupOrder.length : index
}

/** Stable before beta before alpha, then the larger number first; what is no Kubernetes version comes last. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined) || compare(a, b)
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor
}

function partsOf(version: string): { readonly stability: number; readonly major: number; readonly minor: number } | undefined {
  const [, major, word, minor] = /^v([0-9]+)(?:(alpha|beta)([0-9]+))?$/.exec(version) ?? []
  if (major === undefined) return undefined
  return { stability: word === undefined ? 2 : word === 'beta' ? 1 : 0, major: Number(major), minor: Number(minor ?? 0) }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
