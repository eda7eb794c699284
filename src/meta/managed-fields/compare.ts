/** What differs between two values of one schema, field by field. */
import { isDeepEqual } from '../patch/equal.ts'
import { absentList } from '../schema/decode.ts'
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'
import { type FieldSet, leaf } from './field-set.ts'
import { addedBy } from './field-set-of.ts'
import { entriesOf } from './list-entries.ts'
import { entryNames, entrySchema, fieldValue, type ListShape, type MapShape, shapeOf } from './shape.ts'

export type Comparison = { readonly added: FieldSet; readonly modified: FieldSet; readonly removed: FieldSet }

type Tree = { [element: string]: Tree }
type Part = keyof Comparison

/** From `before` to `after`; an entry that a list has several times is one field, whatever is in it. */
export function compare(schema: Schema, before: unknown, after: unknown): Comparison {
  const walk = new Walk()
  walk.value(schema, before, after)
  return walk.found
}

/** Keeps the path on which it stands; a path is written down only where something differs. */
class Walk {
  readonly found: Record<Part, Tree> = { added: {}, modified: {}, removed: {} }
  readonly #path: string[] = []

  value(schema: Schema, before: unknown, after: unknown): void {
    if (before === after) return
    const shape = shapeOf(schema, after ?? before)
    // As upstream: two lists without an entry are compared as values, null being another one than none.
    const isEmpty = isEmptyOrNull(before) && isEmptyOrNull(after)
    if (shape.sort === 'list' && !isEmpty && isListOrNull(before) && isListOrNull(after))
      return this.#list(shape, before ?? [], after ?? [])
    if (shape.sort === 'map' && isMapOrNull(before) && isMapOrNull(after)) return this.#map(shape, before ?? {}, after ?? {})
    if (!(isHollow(before) && isHollow(after)) && !isDeepEqual(before, after)) this.#mark('modified', leaf)
  }

  /** One of them may be absent. */
  #child(element: string, schema: Schema, before: unknown, after: unknown): void {
    if (before === after) return
    this.#path.push(element)
    if (before === undefined) this.#mark('added', addedBy(schema, after))
    else if (after === undefined) this.#mark('removed', addedBy(schema, before))
    else this.value(schema, before, after)
    this.#path.pop()
  }

  #map(shape: MapShape, before: JsonObject, after: JsonObject): void {
    for (const field of shape.fields) this.#child(field.element, field.schema, fieldValue(before, field), fieldValue(after, field))
    const names = entryNames(shape, before)
    for (const name of names) this.#child(`f:${name}`, entrySchema(shape), before[name], after[name])
    for (const name of entryNames(shape, after))
      if (before[name] === undefined) this.#child(`f:${name}`, entrySchema(shape), undefined, after[name])
  }

  #list(shape: ListShape, before: readonly unknown[], after: readonly unknown[]): void {
    const [was, is] = [entriesOf(shape, before), entriesOf(shape, after)]
    for (const [element, old] of was) this.#entries(shape, element, old, is.get(element) ?? [])
    for (const [element, next] of is) if (!was.has(element)) this.#entries(shape, element, [], next)
  }

  #entries(shape: ListShape, element: string, before: readonly unknown[], after: readonly unknown[]): void {
    if (before.length < 2 && after.length < 2) return this.#child(element, shape.items, before[0], after[0])
    if (before.length > 1 && after.length > 1) {
      if (!(isHollow(before) && isHollow(after)) && !isDeepEqual(before, after)) this.#markAt(element, 'modified')
    } else if (before.length > 1) {
      this.#child(element, shape.items, undefined, after[0])
      this.#markAt(element, 'removed')
    } else {
      this.#child(element, shape.items, before[0], undefined)
      this.#markAt(element, 'added')
    }
  }

  #markAt(element: string, part: Part): void {
    this.#path.push(element)
    this.#mark(part, leaf)
    this.#path.pop()
  }

  #mark(part: Part, node: FieldSet): void {
    let at = this.found[part]
    for (const element of this.#path.slice(0, -1)) at = at[element] ??= {}
    const last = this.#path.at(-1) ?? ''
    const there = at[last]
    at[last] = (there === undefined ? node : { '.': leaf, ...there }) as Tree
  }
}

/** Null, and a list that was not sent. */
function isHollow(value: unknown): boolean {
  return value === null || value === absentList
}

function isEmptyOrNull(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

function isListOrNull(value: unknown): value is readonly unknown[] | null {
  return value === null || Array.isArray(value)
}

function isMapOrNull(value: unknown): value is JsonObject | null {
  return value === null || isJsonObject(value)
}
