/**
 * What the generic machinery knows of a kind. A kind is a value: built-in kinds write it as one
 * file, custom resources compute it at run time, and nothing else in the API server tells them apart.
 * All functions are pure, and get frozen objects.
 */
import type { FieldErrors } from './field-path.ts'
import type { KubeObject } from './object.ts'
import type { Rule } from './rule.ts'
import type { Schema } from './schema/schema.ts'
import type { Column, RowCondition } from './table.ts'

export type Verb = 'create' | 'get' | 'list' | 'watch' | 'update' | 'patch' | 'delete' | 'deletecollection'

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** What a kind's rules may know of the request besides the objects. */
export type RequestFacts = {
  readonly nowMs: number
  readonly user?: {
    readonly name: string
    readonly groups: readonly string[]
    readonly uid?: string
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  /** Which part of the object the request writes: '' for the object itself, 'status', 'ephemeralcontainers', ... */
  readonly subresource: string
  /** The labels of the object's namespace; looked up when asked for. */
  readonly namespaceLabels?: () => Readonly<Record<string, string>>
}

/** Rules for one way of writing an object: the object itself, or a subresource such as `status`. */
export type UpdateRules<T> = {
  /** Drops what this request may not change (upstream's PrepareForUpdate). */
  readonly prepare?: Rule<[next: T, old: T, facts: RequestFacts], T>
  /** Refuses; runs after `prepare`. The object's own `validate` runs before it, except for subresources. */
  readonly validate?: Rule<[next: T, old: T, facts: RequestFacts], FieldErrors>
  /** The object's own `validate` does not run: an update is asked in another order, or not everything again. */
  readonly validatesAlone?: boolean
  /**
   * Dotted paths of what this way of writing leaves as it was, so that nobody comes to own it by it (upstream's GetResetFields).
   * Unless told otherwise `status`, and `spec` for the status.
   */
  readonly resets?: readonly string[]
}

/** How a scalable kind answers `autoscaling/v1 Scale`. */
export type ScaleRules<T> = {
  readonly specReplicas: Rule<[object: T], number>
  readonly statusReplicas: Rule<[object: T], number>
  /** The label selector as text. */
  readonly selector: Rule<[object: T], string>
  readonly withReplicas: Rule<[object: T, replicas: number], T>
  /** Where the number of replicas stands; `spec.replicas` unless told otherwise. */
  readonly replicasPath?: readonly string[]
}

/** A subresource as discovery lists it; what it does lives in `apiserver/subresources`. */
export type Subresource = {
  readonly name: string
  readonly kind: string
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
}

/** A kind that is stored as another version or group of itself. Both functions are pure and total. */
export type StoredAs<T extends KubeObject, S extends KubeObject = KubeObject> = {
  readonly kind: Kind<S>
  readonly toStored: Rule<[object: T], S>
  readonly fromStored: Rule<[stored: S], T>
}

/** Releases such as `1.36`: since when a kind is on its way out, and from when on it is no more. */
export type Deprecation = { readonly since: string; readonly goneIn?: string; readonly successor?: string }

export type DeleteOptions = { readonly gracePeriodSeconds?: number }

export type Kind<T extends KubeObject = KubeObject> = {
  readonly group: string
  readonly version: string
  readonly apiVersion: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly scope: 'Namespaced' | 'Cluster'
  readonly verbs: readonly Verb[]
  readonly schema: Schema
  readonly columns: readonly Column<T>[]
  /** What a table tells of a whole row, such as that a pod is over; undefined for nothing. */
  readonly rowConditions?: Rule<[object: T], readonly RowCondition[] | undefined>
  /** Key prefix in the store, as upstream's: `/registry/pods/`, `/registry/services/specs/`. */
  readonly storePrefix: string
  /** How long an object lives at most; events have an hour. */
  readonly ttlSeconds?: number
  /** `metadata.generation` counts changes outside of metadata and status. */
  readonly hasGeneration: boolean
  /** Whether a PUT may create (`AllowCreateOnUpdate`) and may come without resourceVersion. */
  readonly createsOnUpdate: boolean
  readonly updatesUnconditionally: boolean
  /** Defaults that a schema cannot state, because they depend on other fields. Runs on every decode. */
  readonly defaults?: Rule<[object: T], T>
  /** Drops what a client may not set and adds what the server sets (upstream's PrepareForCreate). */
  readonly prepareCreate?: Rule<[object: T, facts: RequestFacts], T>
  readonly validate?: Rule<[object: T, facts: RequestFacts], FieldErrors>
  /** Refuses a new object only; runs after `validate`. */
  readonly validateCreate?: Rule<[object: T, facts: RequestFacts], FieldErrors>
  /** How `metadata.name` must look; a DNS subdomain unless told otherwise. */
  readonly validateName?: (name: string) => readonly string[]
  /** Finalizers without a domain need not be Kubernetes' own (upstream: kinds that apimachinery's ObjectMeta rules check, not those of core). */
  readonly takesBareFinalizers?: boolean
  /** Names follow upstream's generated rules: lengths are told in bytes, and a prefix for names is not looked at. */
  readonly namesByGeneratedRules?: boolean
  /** The rules of a new object check its metadata too, where upstream has them in the midst of others. */
  readonly checksOwnMeta?: boolean
  /** An update has its metadata checked by the generic rules alone. Most kinds check it beside them, and tell each error again. */
  readonly leavesMetaToGenericCheck?: boolean
  /** An update has its metadata checked as that of a new object too, and tells its errors once more. */
  readonly checksMetaAnew?: boolean
  readonly update: UpdateRules<T>
  /** Present where the kind has a `status` subresource. */
  readonly status?: UpdateRules<T>
  readonly scale?: ScaleRules<T>
  readonly subresources: readonly Subresource[]
  /** Grace that a deletion gets, in seconds; 0 means at once. Only pods linger. */
  readonly graceSeconds?: Rule<[object: T, options: DeleteOptions], number>
  /** What becomes of dependents when a delete does not say: upstream's DefaultGarbageCollectionPolicy. */
  readonly defaultPropagation?: 'Background' | 'Orphan'
  /** A text for the `Warning` header of a delete that leaves the choice to that policy. */
  readonly propagationWarning?: string
  /** A delete that takes effect at once answers the object instead of a Status. */
  readonly returnsDeleted?: boolean
  /** Field selectors beyond metadata.name and metadata.namespace: field -> value. */
  readonly selectableFields: Readonly<Record<string, Rule<[object: T], string>>>
  /** Present where the kind, in this version, is on its way out: every request for it is warned. */
  readonly deprecation?: Deprecation
  /** Texts for `Warning` headers on create and update. */
  readonly warnings?: Rule<[object: T, old: T | undefined], readonly string[]>
  readonly storedAs?: StoredAs<T>
  /** Discovery's hint: 'create' only kinds (reviews) are answered, not stored. */
  readonly isVirtual: boolean
}

/** What a kind file has to write; the rest has an obvious value. */
export type KindDeclaration<T extends KubeObject> = Pick<Kind<T>, 'apiVersion' | 'kind' | 'plural' | 'scope' | 'schema'> & Partial<Kind<T>>

/** Fills a declaration up and freezes it. */
export function defineKind<T extends KubeObject>(declaration: KindDeclaration<NoInfer<T>>): Kind<T> {
  const [group, version] = groupVersionOf(declaration.apiVersion)
  const { kind, plural } = declaration
  return Object.freeze({
    group,
    version,
    listKind: `${kind}List`,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    columns: [],
    storePrefix: `/registry/${plural}/`,
    hasGeneration: false,
    createsOnUpdate: false,
    updatesUnconditionally: true,
    update: {},
    subresources: [],
    selectableFields: {},
    isVirtual: false,
    ...declaration,
  })
}

/** `apps/v1` -> ['apps', 'v1'], `v1` -> ['', 'v1']. */
export function groupVersionOf(apiVersion: string): readonly [group: string, version: string] {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}

/** `/api/v1` or `/apis/apps/v1`. */
export function groupVersionPath(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
}

/** The URL path of a kind's collection, or of one object, or of its subresource. */
export function resourcePath(
  kind: Pick<Kind, 'group' | 'version' | 'scope' | 'plural'>,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const scope = kind.scope === 'Namespaced' && namespace ? `/namespaces/${namespace}` : ''
  const tail = [name, subresource].filter((part) => part !== undefined && part !== '').map((part) => `/${part}`)
  return `${groupVersionPath(kind)}${scope}/${kind.plural}${tail.join('')}`
}
