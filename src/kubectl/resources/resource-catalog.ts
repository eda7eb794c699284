/** What the server serves, and how the words of a command line find it: plurals, singulars, short names, kinds, categories. */
import { groupVersionOf } from '#meta/kind'

export type ApiResource = {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly scope: 'Namespaced' | 'Cluster'
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly string[]
}

/** A group version and its resources, in the server's order: preferred versions come first in their group. */
export type GroupVersionResources = { readonly group: string; readonly version: string; readonly resources: readonly ApiResource[] }

/** No resource goes by that name. */
export class UnknownResource extends Error {
  override readonly name = 'UnknownResource'

  constructor(word: string) {
    super(`the server doesn't have a resource type ${JSON.stringify(word)}`)
  }
}

/** No kind goes by that name; upstream's NoKindMatchError. */
export class UnknownKind extends Error {
  override readonly name = 'UnknownKind'
}

export class ResourceCatalog {
  readonly groupVersions: readonly GroupVersionResources[]

  constructor(groupVersions: readonly GroupVersionResources[]) {
    this.groupVersions = groupVersions
  }

  get resources(): readonly ApiResource[] {
    return this.groupVersions.flatMap((one) => one.resources)
  }

  /** `pods`, `po`, `Pod`, `deployments.apps`, `deployments.v1.apps`; undefined where nothing fits. */
  find(word: string): ApiResource | undefined {
    const [name = '', first = '', ...others] = word.toLowerCase().split('.')
    const group = [first, ...others].filter((part) => part !== '').join('.')
    if (group === '') return this.#named(name, () => true)
    const versioned = this.#named(name, (resource) => resource.version === first && resource.group === others.join('.'))
    return (
      versioned ??
      this.#named(name, (resource) => resource.group === group) ??
      this.#named(name, (resource) => resource.group.startsWith(group))
    )
  }

  resourceOf(word: string): ApiResource {
    const resource = this.find(word)
    if (resource === undefined) throw new UnknownResource(word)
    return resource
  }

  /** Other resources of the same short name, which only their full names find; empty where `word` is no short name. */
  lessPreferred(word: string): readonly ApiResource[] {
    const found = this.find(word)
    if (found === undefined || !found.shortNames.includes(word)) return []
    const others = this.resources.filter(({ group, plural, shortNames }) => {
      return shortNames.includes(word) && (group !== found.group || plural !== found.plural)
    })
    return others.filter((one, index) => others.findIndex((other) => qualifiedPlural(other) === qualifiedPlural(one)) === index)
  }

  ofKind(apiVersion: string, kind: string): ApiResource {
    const [group, version] = groupVersionOf(apiVersion)
    const found = this.resources.find((resource) => resource.group === group && resource.version === version && resource.kind === kind)
    if (found === undefined) throw new UnknownKind(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`)
    return found
  }

  /** The resources of `all` and its like; empty where there is no such category. */
  inCategory(category: string): readonly ApiResource[] {
    const members = this.resources.filter(({ categories }) => categories.includes(category))
    return members.filter((one, index) => members.findIndex((other) => other.group === one.group && other.plural === one.plural) === index)
  }

  #named(name: string, isWanted: (resource: ApiResource) => boolean): ApiResource | undefined {
    const wanted = this.resources.filter(isWanted)
    return (
      wanted.find(({ plural }) => plural === name) ??
      wanted.find(({ singular }) => singular === name) ??
      wanted.find(({ shortNames }) => shortNames.includes(name)) ??
      wanted.find(({ kind }) => kind.toLowerCase() === name)
    )
  }
}

/** `deployments.apps`, or `pods` of the core group. */
export function qualifiedPlural(resource: ApiResource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}

/** How messages and `-o name` name an object: `deployment.apps/web`. */
export function qualifiedName(resource: ApiResource, name: string): string {
  const singular = resource.singular || resource.kind.toLowerCase()
  return `${resource.group === '' ? singular : `${singular}.${resource.group}`}/${name}`
}

/** The same by what the object says that it is: a subresource may be of another kind. */
export function nameOfKind(object: { readonly apiVersion?: string; readonly kind?: string } & Named, resource: ApiResource): string {
  const kind = object.kind ?? resource.kind
  const [group] = object.apiVersion === undefined ? [resource.group] : groupVersionOf(object.apiVersion)
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${object.metadata?.name ?? ''}`
}

type Named = { readonly metadata?: { readonly name?: string } }

export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}
