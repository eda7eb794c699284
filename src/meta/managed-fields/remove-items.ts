/** Takes fields out of a value, and adds to a set the structs that its fields stand in. */
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'
import { type FieldSet, isEmptySet, isMember, leaf } from './field-set.ts'
import { identityOf } from './list-entries.ts'
import { entrySchema, type ListShape, type MapShape, shapeOf } from './shape.ts'

/** A value without the fields of the set; null where nothing is left of a list or map. */
export function withoutFields(schema: Schema, value: unknown, fields: FieldSet): unknown {
  if (isEmptySet(fields)) return value
  const shape = shapeOf(schema, value)
  if (shape.sort === 'list' && Array.isArray(value)) return listWithout(shape, value, fields)
  return shape.sort === 'map' && isJsonObject(value) ? mapWithout(shape, value, fields) : value
}

function listWithout(shape: ListShape, list: readonly unknown[], fields: FieldSet): unknown {
  const left = list.flatMap((entry) => {
    const node = fields[identityOf(shape, entry) ?? '']
    if (node === undefined) return [entry]
    return isMember(node) ? [] : [withoutFields(shape.items, entry, node)]
  })
  return left.length === 0 ? null : left
}

function mapWithout(shape: MapShape, value: JsonObject, fields: FieldSet): unknown {
  const left = Object.entries(value).flatMap(([name, inner]) => {
    const node = fields[`f:${name}`]
    if (node === undefined) return [[name, inner] as const]
    return isMember(node) ? [] : [[name, withoutFields(shape.byName.get(name)?.schema ?? entrySchema(shape), inner, node)] as const]
  })
  return left.length === 0 ? null : Object.fromEntries(left)
}

/** The set with the declared fields that its own fields are below of: `a.b.c` also owns `a`, but no entry of a list or map. */
export function withNamedFields(schema: Schema, set: FieldSet): FieldSet {
  const shape = shapeOf(schema, {})
  if (shape.sort === 'leaf') return set
  const full: Record<string, FieldSet> = {}
  for (const [element, node] of Object.entries(set)) {
    if (element === '.' || isEmptySet(node)) {
      full[element] = node
      continue
    }
    const field = shape.sort === 'map' ? shape.byName.get(element.slice(2)) : undefined
    const inner = withNamedFields(field?.schema ?? (shape.sort === 'list' ? shape.items : entrySchema(shape)), node)
    full[element] = field === undefined ? inner : { '.': leaf, ...inner }
  }
  return full
}
