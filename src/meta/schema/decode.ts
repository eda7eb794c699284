/**
 * From parsed JSON to a typed object, in one pass over value and schema, as Go's decoder sees it:
 *
 * - fields without schema are dropped (`unknownFields` tells which), nulls count as absent;
 * - what Go does not write when empty is dropped: zero scalars, empty lists and maps; what it always writes is there: structs, '', 0;
 * - quantities, times and base64 get their canonical text;
 * - the fields of the result stand in the schema's order, the keys of maps in the alphabet's.
 *
 * A value of the wrong type throws a `DecodingError` in upstream's words.
 */
import { sortedKeys } from '#base/collections/sorted-keys'
import { canonicalQuantity } from '../quantity.ts'
import { canonicalBase64 } from './base64.ts'
import { goTypeOf, isJsonObject, type JsonObject } from './go-type.ts'
import { goTypeNameOf } from './go-type-names.ts'
import { pathNameOf } from './inlined-structs.ts'
import { isExactNumber, isInt64 } from './json.ts'
import type { Schema } from './schema.ts'
import { canonicalMicroTime, canonicalTime } from './time.ts'

/** A value that does not fit its schema; the message is what upstream's decoder says. */
export class DecodingError extends Error {
  override readonly name = 'DecodingError'
}

/** Decodes a whole object. What `T` is, the schema says. */
export function decode<T>(schema: Schema, value: unknown): T {
  try {
    return decodeValue(schema, value, root) as T
  } catch (error) {
    throw error instanceof DecodingError ? (toldFault(schema, value) ?? error) : error
  }
}

/**
 * Of several faults the one that upstream tells, whose decoder follows the document: it goes on behind a value of the wrong type and tells
 * the first such in the end, but stops at once where a value reads itself and fails.
 */
function toldFault(schema: Schema, value: unknown): DecodingError | undefined {
  const passed: DecodingError[] = []
  const visit = (part: Schema, inner: unknown, at: Place): void => {
    if (inner === null || inner === undefined || part.type === 'any') return
    if (Array.isArray(inner) && part.type === 'array') for (const item of inner) visit(part.items ?? anything, item, at)
    else if (isJsonObject(inner) && part.type === 'object') visitMembers(part, inner, at)
    else if (readsItself(part)) decodeScalar(part, inner, at)
    else passed.push(...faultsOf(() => decodeValue(part, inner, at)))
  }
  const visitMembers = (part: Schema, inner: JsonObject, at: Place): void => {
    const { name: struct, fields } = planOf(part)
    for (const [name, member] of Object.entries(inner)) {
      const field = part.values === undefined ? fields.find((one) => one.name === name) : undefined
      if (part.values !== undefined) visit(part.values, member, at)
      else if (field !== undefined) visit(field.schema, member, placeOf(field, struct, at))
    }
  }
  return faultsOf(() => visit(schema, value, root))[0] ?? passed[0]
}

const anything: Schema = { type: 'any' }

function faultsOf(act: () => unknown): readonly DecodingError[] {
  try {
    act()
    return []
  } catch (error) {
    if (error instanceof DecodingError) return [error]
    throw error
  }
}

function readsItself({ format }: Schema): boolean {
  return format === 'quantity' || format === 'int-or-string' || format === 'date-time' || format === 'micro-time'
}

/** Where a value stands: the struct that holds the field, the dotted path without indexes and map keys, and what Go calls a string there. */
type Place = { readonly struct: string; readonly path: string; readonly goType: string | undefined }

const root: Place = { struct: '', path: '', goType: undefined }

function decodeValue(schema: Schema, value: unknown, at: Place): unknown {
  switch (schema.type) {
    case 'any':
      return value
    case 'array':
      return decodeList(schema, value, at)
    case 'object':
      return schema.values === undefined ? decodeStruct(schema, value, at) : decodeMap(schema, schema.values, value, at)
    default:
      return decodeScalar(schema, value, at)
  }
}

type FieldPlan = {
  readonly name: string
  /** In the paths of errors. */
  readonly pathName: string
  readonly goType: string | undefined
  readonly schema: Schema
  readonly isAlways: boolean
  readonly isRequired: boolean
  readonly keepsZero: boolean
  /** A list that Go writes even when there is none: an empty one is another. */
  readonly keepsEmpty: boolean
}
type StructPlan = { readonly name: string; readonly fields: readonly FieldPlan[] }

const plans = new WeakMap<Schema, StructPlan>()

function planOf(schema: Schema): StructPlan {
  const known = plans.get(schema)
  if (known !== undefined) return known
  const struct = schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? ''
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    pathName: pathNameOf(struct, name),
    goType: goTypeNameOf(schema.name ?? '', name),
    schema: field,
    isAlways: schema.always?.includes(name) ?? false,
    isRequired: schema.required?.includes(name) ?? false,
    keepsZero: schema.keepsZero?.includes(name) ?? false,
    keepsEmpty: field.type === 'array' && (schema.writesNull?.includes(name) ?? false),
  }))
  const plan = { name: struct, fields }
  plans.set(schema, plan)
  return plan
}

function decodeStruct(schema: Schema, value: unknown, at: Place): JsonObject {
  const source = value === null ? {} : value
  if (!isJsonObject(source)) throw mismatch(schema, value, at)
  const plan = planOf(schema)
  const decoded: Record<string, unknown> = schema.preserveUnknown === true ? { ...source } : {}
  for (const field of plan.fields) {
    const given = source[field.name]
    const result = given === undefined || given === null ? valueWhenAbsent(field) : decodeField(field, given, plan.name, at)
    if (result !== undefined) decoded[field.name] = result
  }
  return decoded
}

function decodeField(field: FieldPlan, given: unknown, struct: string, at: Place): unknown {
  const result = decodeValue(field.schema, given, placeOf(field, struct, at))
  if (field.keepsEmpty) return result
  return !field.keepsZero && !field.isAlways && isDroppable(field.schema, result) ? valueWhenAbsent(field) : result
}

function placeOf({ pathName, goType }: FieldPlan, struct: string, { path }: Place): Place {
  return { struct, path: path === '' ? pathName : `${path}.${pathName}`, goType }
}

/** Stands for a list that must be sent and was not: who sends an empty one owns it, who sends none does not. */
export const absentList: readonly never[] = Object.freeze([])

/** What Go holds where nothing was sent, as far as a client would see it. */
export function valueWhenAbsent({ schema, isAlways, isRequired }: Pick<FieldPlan, 'schema' | 'isAlways' | 'isRequired'>): unknown {
  if (schema.type === 'array') return isRequired ? absentList : undefined
  return isAlways ? zeroOf(schema) : undefined
}

/** The zero value of a struct, string, number or boolean; undefined for what is nil then. */
function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'object':
      return schema.values === undefined ? decodeStruct(schema, {}, root) : undefined
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 0
    case 'string':
      return zeroText(schema)
    default:
      return undefined
  }
}

function zeroText(schema: Schema): unknown {
  switch (schema.format) {
    case 'int-or-string':
      return 0
    case 'quantity':
      return '0'
    case 'date-time':
    case 'micro-time':
    case 'byte':
      return undefined
    default:
      return ''
  }
}

/** Whether Go omits the value where the field has `omitempty`. A struct never is; a quantity and a time are structs. */
export function isDroppable(schema: Schema, value: unknown): boolean {
  if (schema.type === 'any') return false
  if (value === 0 || value === '' || value === false) return true
  if (schema.type === 'array') return Array.isArray(value) && value.length === 0
  return schema.type === 'object' && schema.values !== undefined && isJsonObject(value) && Object.keys(value).length === 0
}

function decodeList(schema: Schema, value: unknown, at: Place): readonly unknown[] {
  if (!Array.isArray(value)) throw mismatch(schema, value, at)
  const { items } = schema
  return items === undefined ? value : value.map((item: unknown) => decodeEntry(items, item, at))
}

function decodeMap(schema: Schema, values: Schema, value: unknown, at: Place): JsonObject {
  if (!isJsonObject(value)) throw mismatch(schema, value, at)
  const decoded: Record<string, unknown> = {}
  for (const key of sortedKeys(value)) define(decoded, key, decodeEntry(values, value[key], at))
  return decoded
}

/** A key such as `__proto__` is a key like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

/** An entry of a list or map: null is the zero value there. */
function decodeEntry(schema: Schema, value: unknown, at: Place): unknown {
  return value === null ? (zeroOf(schema) ?? null) : decodeValue(schema, value, at)
}

function decodeScalar(schema: Schema, value: unknown, at: Place): unknown {
  switch (schema.type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(schema, value, at)
      return value
    case 'integer':
      return decodeInteger(schema, value, at)
    case 'number':
      if (isExactNumber(value)) return Number(JSON.stringify(value))
      if (typeof value !== 'number') throw mismatch(schema, value, at)
      return value
    default:
      return decodeText(schema, value, at)
  }
}

function decodeInteger(schema: Schema, value: unknown, at: Place): unknown {
  if (schema.format !== 'int32' && isExactNumber(value) && isInt64(JSON.stringify(value))) return value
  if (typeof value !== 'number' || !Number.isInteger(value) || (schema.format === 'int32' && (value | 0) !== value))
    throw mismatch(schema, value, at)
  return value
}

function decodeText(schema: Schema, value: unknown, at: Place): unknown {
  if (schema.format === 'int-or-string') return typeof value === 'string' ? value : decodeInteger(int32, value, at)
  if (schema.format === 'quantity' && typeof value !== 'string') return canonical(canonicalQuantity, JSON.stringify(value))
  if (schema.format === 'byte' && Array.isArray(value) && value.every(isByte)) return Uint8Array.from(value).toBase64()
  if (typeof value !== 'string') throw mismatch(schema, value, at)
  switch (schema.format) {
    case 'quantity':
      return canonical(canonicalQuantity, value)
    case 'date-time':
      return canonical(canonicalTime, value)
    case 'micro-time':
      return canonical(canonicalMicroTime, value)
    case 'byte':
      return canonical(canonicalBase64, value)
    default:
      return value
  }
}

/** As Go: bytes may be a list of numbers too. */
function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255
}

const int32: Schema = { type: 'integer', format: 'int32' }

function canonical(convert: (text: string) => string, text: string): string {
  try {
    return convert(text)
  } catch (error) {
    throw new DecodingError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function mismatch(schema: Schema, value: unknown, { struct, path, goType }: Place): DecodingError {
  const type = goTypeOf(schema, goType)
  const where = struct === '' ? `Go value of type ${type}` : `Go struct field ${struct}.${path} of type ${type}`
  return new DecodingError(`json: cannot unmarshal ${sortOf(value, schema)} into ${where}`)
}

/** What JSON calls the value; a number that does not fit a number's type is named. */
function sortOf(value: unknown, schema: Schema): string {
  if (Array.isArray(value)) return 'array'
  const isNumber = typeof value === 'number' || isExactNumber(value)
  if (isNumber) return ['integer', 'number'].includes(schema.type) ? `number ${JSON.stringify(value)}` : 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
