/** Objects of any kind, as they come off the wire. */
import type { KubeObject } from '#meta/object'

export type AnyObject = KubeObject & { readonly [field: string]: unknown }
export type Fields = Readonly<Record<string, unknown>>

/** A field's value if it is an object, else nothing in it. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value)
}

/** The value at the end of a chain of field names. */
export function valueAt(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => fieldsOf(value)[name], object)
}

/** A copy with `value` at the end of the chain; undefined takes the field out. */
export function withValueAt(object: Fields, path: readonly string[], value: unknown): Fields {
  const [name, ...rest] = path
  if (name === undefined) return object
  const inner = rest.length === 0 ? value : withValueAt(fieldsOf(object[name]), rest, value)
  if (inner !== undefined) return { ...object, [name]: inner }
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
}
