/** Whether a configuration fits its schema, in upstream's words; apply refuses what does not. */
import { goText } from '../patch/go-text.ts'
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import { isExactNumber } from '../schema/json.ts'
import type { Schema } from '../schema/schema.ts'
import { identityOf } from './list-entries.ts'
import { elementText } from './path-element.ts'
import { type ListShape, shapeOf } from './shape.ts'

/** What is wrong, a line each: `.spec.replicas: expected numeric (int or float), got string`. */
export function typeErrors(schema: Schema, value: unknown, path = ''): readonly string[] {
  if (value === undefined || value === null || schema.type === 'any') return []
  switch (schema.type) {
    case 'array':
      return Array.isArray(value) ? listErrors(schema, value, path) : [at(path, `expected list, got ${goWrapped(value)}`)]
    case 'object':
      return isJsonObject(value) ? mapErrors(schema, value, path) : [at(path, `expected map, got ${goWrapped(value)}`)]
    default:
      return scalarErrors(schema, value).map((why) => at(path, why))
  }
}

function listErrors(schema: Schema, list: readonly unknown[], path: string): readonly string[] {
  const { items } = schema
  if (items === undefined) return []
  const shape = shapeOf(schema, list)
  if (shape.sort === 'list') return entryErrors(shape, list, path)
  return list.flatMap((entry, index) => typeErrors(items, entry, `${path}[${index}]`))
}

function entryErrors(shape: ListShape, list: readonly unknown[], path: string): readonly string[] {
  const errors: string[] = []
  const seen = new Set<string>()
  for (const [index, entry] of list.entries()) {
    const element = identityOf(shape, entry, (why) => errors.push(at(path, `element ${index}: ${why}`)))
    // As upstream: what follows an entry without identity is not looked at.
    if (element === undefined) break
    if (seen.has(element)) errors.push(at(path, `duplicate entries for key ${elementText(element)}`))
    seen.add(element)
    errors.push(...typeErrors(shape.items, entry, `${path}${elementText(element)}`))
  }
  return errors
}

function mapErrors(schema: Schema, value: JsonObject, path: string): readonly string[] {
  const errors: string[] = []
  const isOpen = schema.preserveUnknown === true || (schema.properties === undefined && schema.values === undefined)
  for (const name of Object.keys(value)) {
    const field = schema.values ?? (Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined)
    if (field !== undefined) errors.push(...typeErrors(field, value[name], `${path}.${name}`))
    else if (!isOpen) return [...errors, at(`${path}.${name}`, 'field not declared in schema')]
  }
  return errors
}

function scalarErrors(schema: Schema, value: unknown): readonly string[] {
  const isNumber = typeof value === 'number' || isExactNumber(value)
  switch (schema.type) {
    case 'integer':
    case 'number':
      return isNumber ? [] : [`expected numeric (int or float), got ${goTypeName(value)}`]
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`expected boolean, got ${goWrapped(value)}`]
    default:
      return stringErrors(schema, value, isNumber)
  }
}

/** Quantities, times and what may be a number too are any scalar. */
function stringErrors(schema: Schema, value: unknown, isNumber: boolean): readonly string[] {
  if (typeof value === 'string') return []
  const isScalar = isNumber || typeof value === 'boolean'
  if (schema.format === undefined || schema.format === 'byte')
    return [`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`]
  return isScalar ? [] : [`expected any scalar, got ${goWrapped(value)}`]
}

function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  return isJsonObject(value) ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : typeof value
}

/** As Go's `%v` shows the wrapped value. */
function goWrapped(value: unknown): string {
  return `&{${goText(value)}}`
}

/** As Go's `%#v`. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isJsonObject(value)) return JSON.stringify(value)
  return `map[string]interface {}{${Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`)
    .join(', ')}}`
}

function at(path: string, why: string): string {
  return path === '' ? why : `${path}: ${why}`
}
