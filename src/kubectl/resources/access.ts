/** REST verbs for any resource of the catalog, on objects of any kind. */
import type { WatchFrame } from '#client/transport'
import { resourcePath } from '#meta/kind'
import type { Cluster } from '../cluster.ts'
import { withSelectors } from '../errors.ts'
import type { ApiResource } from './resource-catalog.ts'
import type { AnyObject } from './unstructured.ts'

/** One object, there or to be. */
export type Target = { readonly resource: ApiResource; readonly namespace?: string | undefined; readonly name: string }

/** What of a resource its paths are made of. */
type Addressed = Pick<ApiResource, 'group' | 'version' | 'plural' | 'scope'>

type Address = Omit<Target, 'resource'> & { readonly resource: Addressed }

export type WriteQuery = {
  readonly dryRun?: 'All' | undefined
  readonly fieldManager?: string | undefined
  readonly fieldValidation?: string | undefined
  readonly force?: boolean | undefined
}

export type ListQuery = {
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit?: number | undefined
  readonly resourceVersion?: string | undefined
}

export type ObjectList = {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items?: readonly AnyObject[]
}

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply'

const patchTypes: Readonly<Record<PatchKind, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

function pathOf({ resource, namespace, name }: Address, subresource?: string): string {
  return resourcePath(resource, namespace, encodeURIComponent(name), subresource)
}

export async function getObject(cluster: Cluster, target: Address, subresource?: string): Promise<AnyObject> {
  return (await cluster.request({ method: 'GET', path: pathOf(target, subresource) })).body as AnyObject
}

/** All pages of a collection. */
export async function listObjects(
  cluster: Cluster,
  resource: Addressed,
  namespace: string | undefined,
  query: ListQuery = {},
): Promise<ObjectList> {
  const pages: ObjectList[] = []
  let token: string | undefined
  do {
    const request = { method: 'GET', path: resourcePath(resource, namespace), query: { limit: 500, ...query, continue: token } } as const
    const { body } = await cluster.request(request).catch((error: unknown) => {
      throw withSelectors(error, resource, query)
    })
    const page = body as ObjectList
    pages.push(page)
    token = page.metadata?.continue || undefined
  } while (token !== undefined)
  const items = pages.flatMap((page) => (page.items ?? []).map((item) => withKind(item, page)))
  return { ...pages[0], items }
}

/** Items of a list do not say what they are; the list does. */
function withKind(item: AnyObject, list: ObjectList): AnyObject {
  return { ...item, apiVersion: item.apiVersion ?? list.apiVersion ?? '', kind: item.kind ?? (list.kind ?? '').replace(/List$/, '') }
}

export async function createObject(
  cluster: Cluster,
  target: Target,
  object: unknown,
  query: WriteQuery,
  subresource?: string,
): Promise<AnyObject> {
  const path = subresource === undefined ? resourcePath(target.resource, target.namespace) : pathOf(target, subresource)
  return (await cluster.request({ method: 'POST', path, query, body: object })).body as AnyObject
}

export async function replaceObject(
  cluster: Cluster,
  target: Target,
  object: unknown,
  query: WriteQuery,
  subresource?: string,
): Promise<AnyObject> {
  return (await cluster.request({ method: 'PUT', path: pathOf(target, subresource), query, body: object })).body as AnyObject
}

export async function patchObject(
  cluster: Cluster,
  target: Target,
  patch: { readonly type: PatchKind; readonly body: unknown; readonly subresource?: string | undefined },
  query: WriteQuery = {},
): Promise<AnyObject> {
  const path = pathOf(target, patch.subresource)
  return (await cluster.request({ method: 'PATCH', path, query, body: patch.body, contentType: patchTypes[patch.type] })).body as AnyObject
}

export async function deleteObject(cluster: Cluster, target: Target, options: unknown): Promise<AnyObject> {
  return (await cluster.request({ method: 'DELETE', path: pathOf(target), body: options })).body as AnyObject
}

/** Follows one object, or a whole collection where `name` is absent. */
export async function watchObjects(
  cluster: Cluster,
  place: { readonly resource: Addressed; readonly namespace?: string | undefined; readonly name?: string | undefined },
  query: ListQuery,
  signal?: AbortSignal,
  accept?: string,
): Promise<AsyncIterable<WatchFrame>> {
  const named = place.name === undefined ? [] : [`metadata.name=${place.name}`]
  const fieldSelector = [query.fieldSelector ?? '', ...named].filter((part) => part !== '').join(',') || undefined
  const path = resourcePath(place.resource, place.namespace)
  return await cluster.watch(
    { method: 'GET', path, query: { ...query, fieldSelector, watch: true }, ...(accept === undefined ? {} : { accept }) },
    signal,
  )
}
