/** What a server serves, from aggregated discovery (`apidiscovery.k8s.io/v2`): two requests for everything. */
import { defineKind, type Kind } from '#meta/kind'
import type { Transport } from './transport.ts'

export type DiscoveredResource = {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly isNamespaced: boolean
  readonly verbs: readonly string[]
}

export type Discovery = {
  /** Each resource once, in its group's preferred version that has it. */
  readonly resources: readonly DiscoveredResource[]
  /** Groups whose own server did not answer: what is in them is not known. */
  readonly staleGroups: readonly string[]
}

type GroupList = {
  readonly items?: readonly { readonly metadata?: { readonly name?: string }; readonly versions?: readonly GroupVersion[] }[]
}
type GroupVersion = { readonly version: string; readonly freshness?: string; readonly resources?: readonly ResourceEntry[] }
type ResourceEntry = {
  readonly resource: string
  readonly responseKind?: { readonly kind?: string }
  readonly scope: string
  readonly verbs?: readonly string[]
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

export async function discover(transport: Transport, signal?: AbortSignal): Promise<Discovery> {
  const [legacy, groups] = await Promise.all(
    ['/api', '/apis'].map(async (path) => (await transport.request({ method: 'GET', path, accept }, signal)).body as GroupList),
  )
  const items = [...(legacy?.items ?? []), ...(groups?.items ?? [])]
  const versions = items.flatMap(({ metadata, versions: served = [] }) => served.map((one) => ({ ...one, group: metadata?.name ?? '' })))
  const found = new Map<string, DiscoveredResource>()
  for (const { group, version, resources = [] } of versions) {
    for (const { resource: plural, responseKind, scope, verbs = [] } of resources) {
      const key = `${group}/${plural}`
      if (!found.has(key))
        found.set(key, { group, version, plural, kind: responseKind?.kind ?? '', isNamespaced: scope === 'Namespaced', verbs })
    }
  }
  const staleGroups = versions.filter(({ freshness }) => freshness === 'Stale').map(({ group, version }) => `${group}/${version}`)
  return { resources: [...found.values()], staleGroups }
}

/** A kind of which no more is known than where it is served: enough for the generic verbs and for caches. */
export function kindOfResource({ group, version, plural, kind, isNamespaced }: DiscoveredResource): Kind {
  return defineKind({
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    plural,
    scope: isNamespaced ? 'Namespaced' : 'Cluster',
    schema: { type: 'object', preserveUnknown: true },
  })
}
