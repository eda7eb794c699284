/** Which fields a value has: as an applied configuration names them, and as an addition to an object creates them. */
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'
import { emptySet, type FieldSet, isEmptySet, leaf, withSelf } from './field-set.ts'
import { entriesOf } from './list-entries.ts'
import { entryNames, entrySchema, fieldValue, type ListShape, type MapShape, shapeOf } from './shape.ts'

/** The fields that a configuration has an opinion about: leaves, entries of lists and maps, but not the structs around them. */
export function fieldSetOf(schema: Schema, value: unknown): FieldSet {
  return below(schema, value) ?? emptySet
}

/** What is at and below a value; undefined if it holds nothing but structure. */
function below(schema: Schema, value: unknown): FieldSet | undefined {
  const shape = shapeOf(schema, value)
  switch (shape.sort) {
    case 'leaf':
      return leaf
    case 'list':
      return Array.isArray(value) ? listItems(shape, value) : undefined
    case 'map':
      return isJsonObject(value) ? mapItems(shape, value) : undefined
  }
}

function listItems(shape: ListShape, list: readonly unknown[]): FieldSet | undefined {
  const set: Record<string, FieldSet> = {}
  for (const [element, [first]] of entriesOf(shape, list)) set[element] = withSelf(below(shape.items, first) ?? leaf)
  return isEmptySet(set) ? undefined : set
}

function mapItems(shape: MapShape, value: JsonObject): FieldSet | undefined {
  const set: Record<string, FieldSet> = {}
  for (const field of shape.fields) {
    const inner = value[field.name]
    if (inner === undefined) continue
    const node = below(field.schema, inner) ?? (isHollow(inner) ? leaf : undefined)
    if (node !== undefined) set[field.element] = node
  }
  for (const name of entryNames(shape, value)) set[`f:${name}`] = withSelf(below(entrySchema(shape), value[name]) ?? leaf)
  return isEmptySet(set) ? undefined : set
}

function isHollow(value: unknown): boolean {
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0)
}

/** The fields that appear with a value which was not there before: structs, maps and lists count as fields too. */
export function addedBy(schema: Schema, value: unknown): FieldSet {
  const shape = shapeOf(schema, value)
  if (shape.sort === 'list' && Array.isArray(value)) return addedItems(shape, value)
  if (shape.sort !== 'map' || !isJsonObject(value)) return leaf
  const set: Record<string, FieldSet> = { '.': leaf }
  for (const field of shape.fields) {
    const inner = fieldValue(value, field)
    if (inner !== undefined) set[field.element] = addedBy(field.schema, inner)
  }
  for (const name of entryNames(shape, value)) set[`f:${name}`] = addedBy(entrySchema(shape), value[name])
  return onlySelf(set)
}

function addedItems(shape: ListShape, list: readonly unknown[]): FieldSet {
  const set: Record<string, FieldSet> = { '.': leaf }
  // Entries that are there several times are owned together, as one.
  for (const [element, same] of entriesOf(shape, list)) set[element] = same.length > 1 ? leaf : addedBy(shape.items, same[0])
  return onlySelf(set)
}

function onlySelf(set: FieldSet): FieldSet {
  for (const element in set) if (element !== '.') return set
  return leaf
}
