/** Discovery documents: the plain ones of `/api` and `/apis`, and the aggregated form that lists all at once. */
import { createHash } from 'node:crypto'
import type { Kind, Subresource } from '#meta/kind'
import type { ApiGroup, ApiVersion } from './api-groups.ts'

/** `address` is host:port, for clients inside of the cluster. */
export function apiVersionsDocument(address: string): unknown {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }] }
}

export function groupListDocument(groups: readonly ApiGroup[]): unknown {
  const named = groups.filter(({ name }) => name !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupEntry) }
}

export function groupDocument(group: ApiGroup): unknown {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) }
}

/** As upstream, the core group's list has no apiVersion. */
export function resourceListDocument(version: ApiVersion): unknown {
  const resources = version.kinds.flatMap((kind) => [
    resourceEntry(kind),
    ...kind.subresources.toSorted(byName).map((sub) => subresourceEntry(kind, sub)),
  ])
  const type = version.group === '' ? { kind: 'APIResourceList' } : { kind: 'APIResourceList', apiVersion: 'v1' }
  return { ...type, groupVersion: groupVersionOf(version), resources }
}

/** `isCore`: `/api` lists the core group only, `/apis` all others. */
export function aggregatedDocument(groups: readonly ApiGroup[], isCore: boolean): object {
  const items = groups
    .filter(({ name }) => (name === '') === isCore)
    .map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(({ version, kinds }) => ({ version, resources: kinds.map(aggregatedResource), freshness: 'Current' })),
    }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

export function groupVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

function groupEntry({ name, versions }: ApiGroup) {
  const entries = versions.map((version) => ({ groupVersion: groupVersionOf(version), version: version.version }))
  return { name, versions: entries, preferredVersion: entries[0] }
}

function resourceEntry(kind: Kind) {
  const { plural: name, singular: singularName, scope, kind: kindName } = kind
  return {
    name,
    singularName,
    namespaced: scope === 'Namespaced',
    kind: kindName,
    verbs: verbsOf(kind.verbs),
    ...namesOf(kind),
    ...(kind.isVirtual ? {} : { storageVersionHash: storageVersionHashOf(kind.storedAs?.kind ?? kind) }),
  }
}

function subresourceEntry(kind: Kind, { name, kind: kindName, group, version, verbs }: Subresource) {
  return {
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.scope === 'Namespaced',
    ...(group === undefined ? {} : { group }),
    ...(version === undefined ? {} : { version }),
    kind: kindName,
    verbs: verbsOf(verbs),
  }
}

function aggregatedResource(kind: Kind) {
  const { plural: resource, singular: singularResource, scope } = kind
  const subresources = kind.subresources.toSorted(byName).map(({ name, kind: kindName, group = '', version = '', verbs }) => ({
    subresource: name,
    responseKind: { group, version, kind: kindName },
    verbs: verbsOf(verbs),
  }))
  return {
    resource,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: scope === 'Namespaced' ? 'Namespaced' : 'Cluster',
    singularResource,
    verbs: verbsOf(kind.verbs),
    ...namesOf(kind),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}

function namesOf({ shortNames, categories }: Kind) {
  return { ...(shortNames.length === 0 ? {} : { shortNames }), ...(categories.length === 0 ? {} : { categories }) }
}

function verbsOf(verbs: readonly string[]): readonly string[] {
  return [...verbs].sort()
}

function byName(a: Subresource, b: Subresource): number {
  return a.name < b.name ? -1 : 1
}

/** As upstream: tells clients whether two resources are stored as the same kind. */
function storageVersionHashOf({ group, version, kind }: Kind): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')
}
