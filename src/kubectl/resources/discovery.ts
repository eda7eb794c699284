/** Asks the server what it serves: aggregated discovery in two requests, plain discovery where the server has nothing else. */
import type { ApiRequest, ApiResponse } from '#client/transport'
import { hasReason } from '#meta/status'
import type { ApiResource, GroupVersionResources } from './resource-catalog.ts'

export type Ask = (request: ApiRequest) => Promise<ApiResponse>

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

type DiscoveredResource = {
  readonly resource: string
  readonly responseKind?: { readonly group?: string; readonly version?: string; readonly kind?: string }
  readonly scope?: 'Namespaced' | 'Cluster'
  readonly singularResource?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly verbs?: readonly string[]
  readonly subresources?: readonly { readonly subresource: string }[]
}
type DiscoveredVersion = { readonly version: string; readonly resources?: readonly DiscoveredResource[]; readonly freshness?: string }
type DiscoveredGroup = { readonly metadata?: { readonly name?: string }; readonly versions?: readonly DiscoveredVersion[] }
type DiscoveryList = { readonly kind?: string; readonly items?: readonly DiscoveredGroup[] }

export async function discover(ask: Ask): Promise<readonly GroupVersionResources[]> {
  const roots = await Promise.all(['/api', '/apis'].map((path) => discoverRoot(ask, path)))
  return roots.flat()
}

async function discoverRoot(ask: Ask, path: string): Promise<readonly GroupVersionResources[]> {
  try {
    const { body } = await ask({ method: 'GET', path, accept: `${aggregated},application/json` })
    const list = body as DiscoveryList
    if (list.kind !== 'APIGroupDiscoveryList') return await discoverPlain(ask, path, body)
    return (list.items ?? []).flatMap((group) =>
      (group.versions ?? []).map((version) => fromAggregated(group.metadata?.name ?? '', version)),
    )
  } catch (error) {
    // As upstream: a server without one of the roots is still usable.
    if (hasReason(error, 'NotFound')) return []
    throw error
  }
}

function fromAggregated(group: string, { version, resources = [] }: DiscoveredVersion): GroupVersionResources {
  return {
    group,
    version,
    resources: resources.map((found) => ({
      group,
      version,
      plural: found.resource,
      singular: found.singularResource ?? '',
      kind: found.responseKind?.kind ?? '',
      scope: found.scope ?? 'Cluster',
      shortNames: found.shortNames ?? [],
      categories: found.categories ?? [],
      verbs: found.verbs ?? [],
      subresources: (found.subresources ?? []).map(({ subresource }) => subresource),
    })),
  }
}

type PlainVersions = {
  readonly versions?: readonly string[]
  readonly groups?: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[]
}

async function discoverPlain(ask: Ask, path: string, body: unknown): Promise<readonly GroupVersionResources[]> {
  const { versions = [], groups = [] } = body as PlainVersions
  const names = [...versions, ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))]
  const lists = await Promise.all(names.map(async (name) => (await ask({ method: 'GET', path: `${path}/${name}` })).body))
  return lists.map((list) => decodeResourceList(list as ResourceList))
}

type PlainResource = {
  readonly name: string
  readonly singularName?: string
  readonly namespaced: boolean
  readonly kind: string
  readonly verbs?: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}
/** `v1 APIResourceList`, which is also what the disk cache holds. */
export type ResourceList = { readonly groupVersion: string; readonly resources?: readonly PlainResource[] }

function decodeResourceList({ groupVersion, resources = [] }: ResourceList): GroupVersionResources {
  const slash = groupVersion.indexOf('/')
  const [group, version] = [slash < 0 ? '' : groupVersion.slice(0, slash), groupVersion.slice(slash + 1)]
  const decoded = resources
    .filter(({ name }) => !name.includes('/'))
    .map(
      (found): ApiResource => ({
        group,
        version,
        plural: found.name,
        singular: found.singularName ?? '',
        kind: found.kind,
        scope: found.namespaced ? 'Namespaced' : 'Cluster',
        shortNames: found.shortNames ?? [],
        categories: found.categories ?? [],
        verbs: found.verbs ?? [],
        subresources: resources
          .filter(({ name }) => name.startsWith(`${found.name}/`))
          .map(({ name }) => name.slice(found.name.length + 1)),
      }),
    )
  return { group, version, resources: decoded }
}
