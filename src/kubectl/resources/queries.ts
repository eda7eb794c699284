/** From the words of a command line to what is meant: single objects, whole collections, or objects in files. */
import { matches, parseSelector } from '#meta/labels'
import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Target } from './access.ts'
import { listObjects } from './access.ts'
import { type FileSelection, hasFiles, type Manifest, readManifests } from './manifests.ts'
import { type ApiResource, qualifiedPlural, type ResourceCatalog, UnknownKind, UnknownResource } from './resource-catalog.ts'
import type { AnyObject } from './unstructured.ts'

export type ObjectQuery = Target & { readonly type: 'object' /** From a file. */; readonly object?: AnyObject; readonly source?: string }
export type CollectionQuery = {
  readonly type: 'collection'
  readonly resource: ApiResource
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}
export type Query = ObjectQuery | CollectionQuery

export type Selection = {
  readonly args: readonly string[]
  readonly files?: FileSelection
  readonly selector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** `--all`. */
  readonly isAll?: boolean
  readonly allNamespaces?: boolean
  /** A type without names means the collection. */
  readonly listsByDefault?: boolean
}

export type Resolved = {
  readonly queries: readonly Query[]
  /** Documents that cannot be used; the rest can. */
  readonly errors: readonly unknown[]
  /** Exactly one object was named. */
  readonly isSingle: boolean
}

export async function resolveQueries(call: Call, selection: Selection): Promise<Resolved> {
  const { args, files } = selection
  if (files !== undefined && hasFiles(files)) {
    if (args.length > 0)
      throw new CommandError('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
    return await queriesOfFiles(call, files, selection.selector)
  }
  const [first] = args
  if (first === undefined)
    throw new CommandError(
      "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    )
  if (args.some((arg) => arg.includes('/'))) return await queriesOfPairs(call, selection)
  return await queriesOfTypes(call, selection, first.split(','), args.slice(1))
}

/** TYPE/NAME. */
async function queriesOfPairs(call: Call, { args, selector, allNamespaces }: Selection): Promise<Resolved> {
  if (selector) throw new CommandError('selectors may not be specified when resource/name pairs are given')
  if (allNamespaces) throw new CommandError('a resource cannot be retrieved by name across all namespaces')
  const queries: Query[] = []
  for (const arg of args) {
    const [type = '', name = '', ...more] = arg.split('/')
    if (!arg.includes('/')) {
      throw new CommandError(
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      )
    }
    if (more.length > 0) throw new CommandError('arguments in resource/name form may not have more than one slash')
    if (type === '' || name === '') throw new CommandError('arguments in resource/name form must have a single resource and name')
    queries.push(await namedQuery(call, await resourceNamed(call, type), name))
  }
  return { queries, errors: [], isSingle: queries.length === 1 }
}

async function queriesOfTypes(call: Call, selection: Selection, types: readonly string[], names: readonly string[]): Promise<Resolved> {
  const { selector, fieldSelector, isAll, allNamespaces, listsByDefault } = selection
  const resources: ApiResource[] = []
  for (const type of types) resources.push(...(await resourcesNamed(call, type)))
  if (names.length > 0) {
    if (selector || fieldSelector) throw new CommandError('name cannot be provided when a selector is specified')
    if (allNamespaces) throw new CommandError('a resource cannot be retrieved by name across all namespaces')
    const queries: Query[] = []
    for (const resource of resources) for (const name of new Set(names)) queries.push(await namedQuery(call, resource, name))
    return { queries, errors: [], isSingle: resources.length === 1 && queries.length === 1 }
  }
  if (!selector && !fieldSelector && !isAll && !listsByDefault)
    throw new CommandError('resource(s) were provided, but no name was specified')
  const namespace = allNamespaces ? undefined : await namespaceOf(call)
  const query = { labelSelector: selector || undefined, fieldSelector: fieldSelector || undefined }
  const queries = resources.map(
    (resource): Query => ({ type: 'collection', resource, namespace: resource.scope === 'Namespaced' ? namespace : undefined, ...query }),
  )
  return { queries, errors: [], isSingle: false }
}

async function namespaceOf(call: Call): Promise<string> {
  return (await call.cluster.namespace()).name
}

async function namedQuery(call: Call, resource: ApiResource, name: string): Promise<ObjectQuery> {
  return { type: 'object', resource, name, namespace: resource.scope === 'Namespaced' ? await namespaceOf(call) : undefined }
}

async function resourcesNamed(call: Call, word: string): Promise<readonly ApiResource[]> {
  const catalog = await call.cluster.catalog()
  if (catalog.find(word) !== undefined) return [await resourceNamed(call, word)]
  const members = catalog.inCategory(word)
  return members.length > 0 ? members : [await resourceNamed(call, word)]
}

/** Asks the server again before it says that there is no such type: it may be a new one. */
export async function resourceNamed(call: Pick<Call, 'cluster'>, word: string): Promise<ApiResource> {
  const found = await findAfresh(call, UnknownResource, (catalog) => catalog.resourceOf(word))
  for (const other of (await call.cluster.catalog()).lessPreferred(word))
    call.cluster.warn(`short name ${JSON.stringify(word)} could also match lower priority resource ${qualifiedPlural(other)}`)
  return found
}

export async function resourceOfKind(call: Pick<Call, 'cluster'>, apiVersion: string, kind: string): Promise<ApiResource> {
  return await findAfresh(call, UnknownKind, (catalog) => catalog.ofKind(apiVersion, kind))
}

type ErrorClass = new (...args: never[]) => Error

async function findAfresh(
  call: Pick<Call, 'cluster'>,
  missing: ErrorClass,
  find: (catalog: ResourceCatalog) => ApiResource,
): Promise<ApiResource> {
  try {
    return find(await call.cluster.catalog())
  } catch (error) {
    if (!(error instanceof missing)) throw error
    return find(await call.cluster.freshCatalog())
  }
}

async function queriesOfFiles(call: Call, files: FileSelection, selectorText = ''): Promise<Resolved> {
  const selector = parseSelector(selectorText)
  const manifests = await readManifests(call.host, files)
  const queries: Query[] = []
  const errors: unknown[] = []
  for (const manifest of manifests) {
    try {
      const query = await queryOf(call, manifest)
      if (matches(selector, query.object?.metadata.labels)) queries.push(query)
    } catch (error) {
      errors.push(error)
    }
  }
  if (manifests.length === 0) throw new CommandError(`no objects passed to ${call.path.replace(/^kubectl /, '')}`)
  return { queries, errors, isSingle: manifests.length === 1 }
}

async function queryOf(call: Call, manifest: Manifest): Promise<ObjectQuery> {
  if ('error' in manifest) throw manifest.error
  const { object, source } = manifest
  const { name = '', namespace: own = '' } = object.metadata
  const resource = await kindOfManifest(call, object, source)
  const { name: wanted, isExplicit } = await call.cluster.namespace()
  if (resource.scope === 'Cluster') return { type: 'object', resource, name, object, source }
  if (isExplicit && own !== '' && own !== wanted) {
    throw new CommandError(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(wanted)}. You must pass '--namespace=${own}' to perform this operation.`,
    )
  }
  const namespace = own || wanted
  return { type: 'object', resource, name, namespace, object: { ...object, metadata: { ...object.metadata, namespace } }, source }
}

async function kindOfManifest(call: Call, { apiVersion, kind, metadata }: AnyObject, source: string): Promise<ApiResource> {
  try {
    return await resourceOfKind(call, apiVersion, kind)
  } catch (error) {
    if (!(error instanceof UnknownKind)) throw error
    const { name = '', namespace = '' } = metadata
    throw new CommandError(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${error.message}\nensure CRDs are installed first`,
    )
  }
}

/** What a query finds, collections taken apart; `fetch` reads single objects that no file holds. */
export async function targetsOf(call: Call, query: Query): Promise<readonly ObjectQuery[]> {
  if (query.type === 'object') return [query]
  const { items = [] } = await listObjects(call.cluster, query.resource, query.namespace, {
    labelSelector: query.labelSelector,
    fieldSelector: query.fieldSelector,
  })
  return items.map((object) => ({
    type: 'object',
    resource: query.resource,
    name: object.metadata.name ?? '',
    namespace: object.metadata.namespace,
    object,
  }))
}
