/**
 * A kind under another version. Its rules are those of the kind that is stored, asked of the stored form of an object: one set of rules,
 * whatever version a client speaks. Paths in errors name the fields of the stored form, as upstream's name those of its internal one.
 */
import { type Deprecation, defineKind, type Kind, type UpdateRules } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { Schema } from '#meta/schema/schema'

export type OtherVersion<T extends KubeObject, S extends KubeObject> = {
  readonly apiVersion: T['apiVersion']
  readonly schema: Schema
  /** A version may be on its way out where another is not. */
  readonly deprecation?: Deprecation
  /** Both leave out the version, and are absent where nothing but the version differs. */
  readonly toStored?: (object: T) => Omit<S, 'apiVersion'>
  readonly fromStored?: (stored: S) => Omit<T, 'apiVersion'>
}

/** `stored` as a client of another version sees it. */
export function servedAs<T extends KubeObject, S extends KubeObject>(stored: Kind<S>, version: OtherVersion<T, S>): Kind<T> {
  const { apiVersion, schema, deprecation } = version
  const toStored = (object: T): S => ({ ...(version.toStored?.(object) ?? object), apiVersion: stored.apiVersion }) as S
  const fromStored = (object: S): T => ({ ...(version.fromStored?.(object) ?? object), apiVersion }) as unknown as T
  const { kind, plural, scope } = stored
  return defineKind<T>({
    ...traitsOf(stored),
    apiVersion,
    kind,
    plural,
    scope,
    schema,
    ...rulesOf(stored, toStored, fromStored, version.fromStored !== undefined),
    ...(deprecation === undefined ? {} : { deprecation }),
    storedAs: { kind: stored, toStored, fromStored },
  })
}

/** The form in which `kind` is to be stored, where that is not its own: nothing but the version differs. */
export function storedForm<T extends KubeObject, S extends KubeObject>(kind: Kind<T>, version: OtherVersion<S, T>): Kind<S> {
  const { storedAs: _, ...stored } = servedAs(kind, version)
  return Object.freeze(stored)
}

/** `kind`, kept in the store as `stored`. */
export function keptAs<T extends KubeObject, S extends KubeObject>(kind: Kind<T>, stored: Kind<S>): Kind<T> {
  const toStored = (object: T) => ({ ...object, apiVersion: stored.apiVersion }) as unknown as S
  const fromStored = (object: S) => ({ ...object, apiVersion: kind.apiVersion }) as unknown as T
  return Object.freeze({ ...kind, storedAs: { kind: stored, toStored, fromStored } })
}

/** What does not depend on the form of an object. */
const traits = [
  'listKind',
  'singular',
  'shortNames',
  'categories',
  'verbs',
  'storePrefix',
  'subresources',
  'ttlSeconds',
  'hasGeneration',
  'createsOnUpdate',
  'updatesUnconditionally',
  'validateName',
  'takesBareFinalizers',
  'leavesMetaToGenericCheck',
  'defaultPropagation',
  'propagationWarning',
  'returnsDeleted',
] as const satisfies readonly (keyof Kind)[]

function traitsOf<S extends KubeObject>(stored: Kind<S>): Pick<Partial<Kind>, (typeof traits)[number]> {
  return Object.fromEntries(traits.flatMap((trait) => (stored[trait] === undefined ? [] : [[trait, stored[trait]]])))
}

/** Where forms differ, an object is filled up with what its stored form tells in any case. */
function rulesOf<T extends KubeObject, S extends KubeObject>(
  stored: Kind<S>,
  to: (object: T) => S,
  from: (stored: S) => T,
  differs: boolean,
): Partial<Kind<T>> {
  const { rowConditions, defaults, prepareCreate, validate, validateCreate, update, status, warnings, selectableFields } = stored
  return present<Partial<Kind<T>>>({
    columns: stored.columns.map((column) => ({
      describedIn: stored.schema,
      ...column,
      cell: (object, facts) => column.cell(to(object), facts),
    })),
    rowConditions: rowConditions && ((object) => rowConditions(to(object))),
    defaults: defaults === undefined && !differs ? undefined : (object) => from(defaults === undefined ? to(object) : defaults(to(object))),
    prepareCreate: prepareCreate && ((object, facts) => from(prepareCreate(to(object), facts))),
    validate: validate && ((object, facts) => validate(to(object), facts)),
    validateCreate: validateCreate && ((object, facts) => validateCreate(to(object), facts)),
    update: updateRulesOf(update, to, from),
    status: status && updateRulesOf(status, to, from),
    warnings: warnings && ((object, old) => warnings(to(object), old && to(old))),
    selectableFields: Object.fromEntries(
      Object.entries(selectableFields).map(([field, value]) => [field, (object: T) => value(to(object))]),
    ),
  })
}

function updateRulesOf<T, S>({ prepare, validate, resets }: UpdateRules<S>, to: (object: T) => S, from: (stored: S) => T): UpdateRules<T> {
  return present<UpdateRules<T>>({
    prepare: prepare && ((next, old, facts) => from(prepare(to(next), to(old), facts))),
    validate: validate && ((next, old, facts) => validate(to(next), to(old), facts)),
    resets,
  })
}

/** Without the fields that are undefined: those of a declaration are there or not. */
function present<P>(fields: { readonly [K in keyof P]: P[K] | undefined }): P {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as P
}
