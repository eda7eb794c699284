/**
 * A schema as typed merge sees it: what is one leaf (scalars, atomic lists and maps), what is a list of entries with an identity,
 * and what is a map of fields. Computed at first use, one level at a time.
 */
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'

export type Field = {
  readonly name: string
  /** As a path element. */
  readonly element: string
  readonly schema: Schema
  /** The wire has a null where the object has nothing. */
  readonly isNullWhenAbsent: boolean
}

export type ListShape = {
  readonly sort: 'list'
  readonly items: Schema
  /** Undefined for a set; sorted by name. */
  readonly keys: readonly KeyField[] | undefined
}

/** `standsFor` is what an entry without the key counts as having. */
export type KeyField = { readonly name: string; readonly standsFor: unknown }

export type MapShape = {
  readonly sort: 'map'
  /** In the order of the alphabet. */
  readonly fields: readonly Field[]
  readonly byName: ReadonlyMap<string, Field>
  /** Fields for which the wire has a null where the object has nothing. */
  readonly nullable: readonly string[]
  /** What fields without a declaration are; undefined where there may be none. */
  readonly values: Schema | undefined
}

export type Shape = { readonly sort: 'leaf' } | ListShape | MapShape

const leafShape: Shape = { sort: 'leaf' }

/** A value without schema whose parts can have different owners. */
const deduced: Schema = { type: 'any', mapType: 'granular' }

const deducedShape: MapShape = { sort: 'map', fields: [], byName: new Map(), nullable: [], values: deduced }

const shapes = new WeakMap<Schema, Shape>()

/** `value` decides where the schema leaves it open. */
export function shapeOf(schema: Schema, value: unknown): Shape {
  if (schema.type === 'any') return schema.mapType === 'granular' && isJsonObject(value) ? deducedShape : leafShape
  if (schema.type !== 'object' && schema.type !== 'array') return leafShape
  const known = shapes.get(schema)
  if (known !== undefined) return known
  const shape = schema.type === 'array' ? listShape(schema) : mapShape(schema)
  shapes.set(schema, shape)
  return shape
}

function listShape({ items, listType, listKeys }: Schema): Shape {
  if (items === undefined || listType === undefined || listType === 'atomic') return leafShape
  const keys = listType === 'set' ? undefined : (listKeys ?? []).toSorted().map((name) => ({ name, standsFor: keyDefault(items, name) }))
  return { sort: 'list', items, keys }
}

/** As OpenAPI states it: the declared default, or the zero value of what is always written. */
function keyDefault(items: Schema, name: string): unknown {
  const key = items.properties?.[name]
  if (key === undefined || key.default !== undefined) return key?.default
  const hasZero = items.always?.includes(name) === true || items.zeros?.includes(name) === true
  if (!hasZero) return undefined
  return key.type === 'string' ? '' : key.type === 'boolean' ? false : 0
}

function mapShape(schema: Schema): Shape {
  if (schema.mapType === 'atomic') return leafShape
  const fields = Object.entries(schema.properties ?? {})
    .map(([name, field]) => ({
      name,
      element: `f:${name}`,
      schema: field,
      isNullWhenAbsent: schema.writesNull?.includes(name) === true,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const isOpen = schema.preserveUnknown === true || (schema.properties === undefined && schema.values === undefined)
  const values = schema.values ?? (isOpen ? deduced : undefined)
  const nullable = fields.filter(({ isNullWhenAbsent }) => isNullWhenAbsent).map(({ name }) => name)
  return { sort: 'map', fields, byName: new Map(fields.map((field) => [field.name, field])), nullable, values }
}

/** What an object holds at a field, as the wire has it. */
export function fieldValue(value: JsonObject, field: Field): unknown {
  const given = value[field.name]
  return given === undefined && field.isNullWhenAbsent ? null : given
}

/** The fields and entries that a value has on the wire, in the order of the alphabet. */
export function namesOnWire({ nullable }: MapShape, value: JsonObject): readonly string[] {
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  for (const name of nullable) if (value[name] === undefined) names.push(name)
  return names.sort()
}

/** The names of a map's entries that are not declared fields, in the order of the alphabet. */
export function entryNames(shape: MapShape, value: JsonObject): readonly string[] {
  if (shape.values === undefined) return []
  const names = Object.keys(value).filter((name) => !shape.byName.has(name) && value[name] !== undefined)
  return names.length < 2 ? names : names.sort()
}

/** The schema of those. */
export function entrySchema({ values }: MapShape): Schema {
  return values ?? deduced
}
