/**
 * Joins a schema, which knows the names and forms of JSON, with a message, which knows numbers. What comes out says for each field where it
 * stands in JSON, and whether Go holds it by value: then it is written even when it is empty.
 */
import { type Field, fixed64, lengthDelimited, parseLayout, varint } from '#base/encoding/protobuf-layout'
import type { Schema } from '../schema/schema.ts'
import { ProtobufObjectError } from './protobuf-object-error.ts'

/** A value that holds no struct. */
export type PlainSort = 'string' | 'bytes' | 'boolean' | 'int32' | 'int64' | 'double' | 'time' | 'micro-time' | 'quantity' | 'int-or-string'

/** How one value is written. */
export type ValuePlan =
  | { readonly sort: PlainSort }
  /** A message around bytes that are JSON; `number` is that of its only field. */
  | { readonly sort: 'json'; readonly number: number }
  | { readonly sort: 'struct'; readonly struct: StructPlan }
  /** A message around a list. */
  | { readonly sort: 'list'; readonly items: ValuePlan }
  /** A JSON schema, or what may stand in its place. */
  | { readonly sort: 'schema-or'; readonly schema: StructPlan; readonly other: 'boolean' | 'schemas' | 'strings' }

export type FieldPlan =
  | {
      readonly sort: 'field'
      readonly number: number
      /** In JSON. */
      readonly name: string
      readonly shape: 'one' | 'repeated' | 'map'
      readonly value: ValuePlan
      readonly isByValue: boolean
    }
  /** A struct of its own here, whose fields stand in JSON among those of the struct around it. */
  | { readonly sort: 'inline'; readonly number: number; readonly fields: readonly FieldPlan[] }

export interface StructPlan {
  readonly schema: Schema
  /** By number, ascending. */
  readonly fields: readonly FieldPlan[]
}

export interface Planner {
  /** Whether there is a message for the schema. */
  readonly has: (schema: Schema) => boolean
  /** Throws ProtobufObjectError where there is none. */
  readonly planOf: (schema: Schema) => StructPlan
}

/** Plans are made once for each definition. `messages` is as `parseLayout` reads it. */
export function createPlanner(messages: Readonly<Record<string, string>>): Planner {
  const plans = new WeakMap<Schema, StructPlan>()
  const layoutOf = (message: string) => parseLayout(message, { messages }).fields
  const structOf = (schema: Schema, message: string): StructPlan => {
    const definition = schema.definition ?? schema
    const known = plans.get(definition)
    if (known !== undefined) return known
    const plan = lazyPlan(definition, () => fieldsOf({ schema: definition, message, structOf, layoutOf }))
    plans.set(definition, plan)
    return plan
  }
  const has = (schema: Schema) => Object.hasOwn(messages, messageNameOf(schema))
  return {
    has,
    planOf(schema) {
      const known = plans.get(schema.definition ?? schema)
      if (known !== undefined) return known
      if (has(schema)) return structOf(schema, messageNameOf(schema))
      throw new ProtobufObjectError('unknown-kind', `${schema.name ?? 'this type'} has no protobuf message`)
    },
  }
}

/** `io.k8s.api.core.v1.Pod` -> `core.v1.Pod`. */
function messageNameOf({ name = '' }: Schema): string {
  return name.split('.').slice(-3).join('.')
}

/** Definitions may contain themselves. */
function lazyPlan(schema: Schema, compute: () => readonly FieldPlan[]): StructPlan {
  let fields: readonly FieldPlan[] | undefined
  return {
    schema,
    get fields() {
      return (fields ??= compute())
    },
  }
}

interface Place {
  /** The struct whose fields are planned. */
  readonly schema: Schema
  readonly message: string
  readonly structOf: (schema: Schema, message: string) => StructPlan
  readonly layoutOf: (message: string) => readonly Field[]
}

function fieldsOf(place: Place): readonly FieldPlan[] {
  return place.layoutOf(place.message).flatMap((field) => fieldOf(place, field))
}

function fieldOf(place: Place, field: Field): readonly FieldPlan[] {
  const { number, shape, type } = field
  const name = jsonNameOf(place.schema, field.name)
  const schema = name === undefined ? undefined : place.schema.properties?.[name]
  if (name !== undefined && schema !== undefined) {
    const one = shape === 'repeated' ? schema.items : shape === 'map' ? schema.values : schema
    return [
      { sort: 'field', number, name, shape, value: valueOf(place, type, one ?? schema), isByValue: isByValue(place.schema, name, schema) },
    ]
  }
  return field.kind === 'message' ? [{ sort: 'inline', number, fields: fieldsOf({ ...place, message: type }) }] : []
}

/** A few fields are written in another way than in JSON: `Webhooks`, `aPIGroup`, `xKubernetesListType`. */
function jsonNameOf({ properties = {} }: Schema, field: string): string | undefined {
  if (Object.hasOwn(properties, field)) return field
  const letters = lettersOf(field)
  return Object.keys(properties).find((name) => lettersOf(name) === letters)
}

function lettersOf(name: string): string {
  return name.replaceAll(/\W/g, '').toLowerCase()
}

/** The JSON facts tell: what Go omits or writes as null is a pointer, but for times, which are null when they are zero. */
function isByValue(struct: Schema, name: string, schema: Schema): boolean {
  if (struct.byValue?.includes(name) === true) return true
  const isTime = schema.format === 'date-time' || schema.format === 'micro-time'
  if (isTime) return struct.writesNull?.includes(name) === true
  if (isPlain(schema)) return struct.keepsZero?.includes(name) !== true && struct.writesNull?.includes(name) !== true
  return struct.always?.includes(name) === true
}

/** Strings, numbers and booleans. */
function isPlain({ type, format }: Schema): boolean {
  return type === 'boolean' || type === 'integer' || type === 'number' || (type === 'string' && format === undefined)
}

function valueOf(place: Place, type: string, schema: Schema): ValuePlan {
  if (type === 'bytes' || type === 'double' || type === 'int32' || type === 'int64' || type === 'string') return { sort: type }
  if (type === 'bool') return { sort: 'boolean' }
  switch (schema.format) {
    case 'quantity':
    case 'int-or-string':
    case 'micro-time':
      return { sort: schema.format }
    case 'date-time':
      return { sort: 'time' }
    default:
  }
  const [first, second] = place.layoutOf(type)
  if (first?.type === 'bytes' && second === undefined) return { sort: 'json', number: first.number }
  if (schema.type === 'any') return schemaOr(place, type)
  if (schema.type === 'array') return { sort: 'list', items: valueOf(place, first?.type ?? '', schema.items ?? schema) }
  return { sort: 'struct', struct: place.structOf(schema, type) }
}

/** JSON leaves open what these hold: the schema is the one that the field stands in. */
function schemaOr({ schema, message, structOf, layoutOf }: Place, type: string): ValuePlan {
  const names = layoutOf(type).map(({ name }) => name)
  const other = names.includes('allows') ? 'boolean' : names.includes('property') ? 'strings' : 'schemas'
  return { sort: 'schema-or', schema: structOf(schema, message), other }
}

/** How a value stands on the wire. */
export function wireTypeOf({ sort }: ValuePlan): number {
  if (sort === 'boolean' || sort === 'int32' || sort === 'int64') return varint
  return sort === 'double' ? fixed64 : lengthDelimited
}
