/**
 * What is known of the shape of a value: enough to decode, prune, default, merge, patch and
 * document it. Built-in kinds have generated schemas, custom resources compute theirs.
 */

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'any'

export type SchemaFormat = 'int32' | 'int64' | 'double' | 'byte' | 'date-time' | 'micro-time' | 'int-or-string' | 'quantity'

/** How server-side apply and validation see the entries of a list. */
export type ListType = 'atomic' | 'set' | 'map'

/** How a strategic merge patch treats a field; several may be given at once. */
export type PatchStrategy = 'merge' | 'replace' | 'retainKeys'

/** `any` holds what has no schema: raw extensions, JSON values. */
export interface Schema {
  readonly type: SchemaType
  readonly format?: SchemaFormat | undefined
  /** The OpenAPI definition this is, such as `io.k8s.api.core.v1.PodSpec`. */
  readonly name?: string | undefined
  /** The definition itself, where this is that definition with facts of one field added. */
  readonly definition?: Schema | undefined
  /** Set on what can stand alone as an API object: `apps/v1`; its kind is the last part of `name`. */
  readonly apiVersion?: string | undefined
  /** Fields of an object, in the order in which they are written. */
  readonly properties?: { readonly [field: string]: Schema } | undefined
  /** Fields that a client must send. */
  readonly required?: readonly string[] | undefined
  /** Fields that are written even when they hold nothing: structs by value, and scalars without omitempty. */
  readonly always?: readonly string[] | undefined
  /** Fields that are written as null when they hold nothing: lists, maps, times and pointers without omitempty. */
  readonly writesNull?: readonly string[] | undefined
  /** Optional fields whose zero value (0, false, '') differs from absence; elsewhere such a value is dropped. */
  readonly keepsZero?: readonly string[] | undefined
  /** Fields that JSON leaves out when they hold nothing although Go holds them by value: protobuf writes them all the same. */
  readonly byValue?: readonly string[] | undefined
  /** Fields of which documents tell that their zero value is the default, though it is left out like any other. */
  readonly zeros?: readonly string[] | undefined
  /** Of a map: what each value is. */
  readonly values?: Schema | undefined
  /** Of a list: what each entry is. */
  readonly items?: Schema | undefined
  readonly default?: unknown
  readonly listType?: ListType | undefined
  /** The fields that identify an entry of a list of type `map`. */
  readonly listKeys?: readonly string[] | undefined
  readonly mapType?: 'granular' | 'atomic' | undefined
  readonly patchStrategy?: readonly PatchStrategy[] | undefined
  readonly patchMergeKey?: string | undefined
  /** The values that documents name. It is the kind's validation that refuses others. */
  readonly enum?: readonly string[] | undefined
  /** Of several fields only one is set: the one that the discriminator names, where there is one. */
  readonly members?: readonly string[] | undefined
  readonly discriminator?: string | undefined
  /** The OpenAPI definition of what has a definition of its own and yet is no object: times, quantities, values of any kind. */
  readonly definedAs?: string | undefined
  /** Fields that `properties` does not name are kept. */
  readonly preserveUnknown?: boolean | undefined
}

/** `Pod` of `io.k8s.api.core.v1.Pod`; the type where the schema has no name. */
export function shortNameOf(schema: Schema): string {
  return schema.name === undefined ? schema.type : schema.name.slice(schema.name.lastIndexOf('.') + 1)
}
