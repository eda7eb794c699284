/** Which fields a value has: as an applied configuration names them, and as an addition to an object creates them. */
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'
import { emptySet, type FieldSet, isEmptySet, leaf, withSelf } from './field-set.ts'
import { entriesOf } from './list-entries.ts'
import { entrySchema, type ListShape, type MapShape, namesOnWire, shapeOf } from './shape.ts'

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
  for (const name of Object.keys(value).sort()) {
    const inner = value[name]
    if (inner === undefined) continue
    const field = shape.byName.get(name)
    const node = below(field?.schema ?? entrySchema(shape), inner)
    if (field === undefined) set[`f:${name}`] = withSelf(node ?? leaf)
    else if (node !== undefined || isHollow(inner)) set[field.element] = node ?? leaf
  }
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
  for (const name of namesOnWire(shape, value)) {
    const field = shape.byName.get(name)
    set[field?.element ?? `f:${name}`] = addedBy(field?.schema ?? entrySchema(shape), value[name] ?? null)
  }
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
