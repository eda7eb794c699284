/**
 * Decoding of what is no JSON text but a value already: the result of a strategic merge patch or an apply. As upstream, whose
 * converter has rules and words of its own: whole numbers fit wherever a number fits, and errors do not tell the field.
 */
import { DecodingError, decode } from './decode.ts'
import { isJsonObject } from './go-type.ts'
import { isExactNumber, isInt64 } from './json.ts'
import type { Schema } from './schema.ts'

export function decodeUnstructured<T>(schema: Schema, value: unknown): T {
  try {
    return decode<T>(schema, value)
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error
    return decode<T>(schema, converted(schema, value))
  }
}

/** The value as the converter would fit it to the schema; throws a DecodingError where it cannot. */
function converted(schema: Schema, value: unknown): unknown {
  if (value === null || value === undefined) return value
  switch (schema.type) {
    case 'any':
      return value
    case 'array': {
      const { items } = schema
      if (!Array.isArray(value)) throw new DecodingError(`cannot restore slice from ${goKindOf(value)}`)
      return items === undefined ? value : value.map((item) => converted(items, item))
    }
    case 'object':
      return schema.values === undefined ? convertedStruct(schema, value) : convertedMap(schema.values, value)
    default:
      return convertedScalar(schema, value)
  }
}

function convertedStruct({ properties = {} }: Schema, value: unknown): unknown {
  if (!isJsonObject(value)) throw new DecodingError(`cannot restore struct from: ${goKindOf(value)}`)
  const entries = Object.entries(value).map(([name, inner]) => {
    const field = Object.hasOwn(properties, name) ? properties[name] : undefined
    return [name, field === undefined ? inner : converted(field, inner)] as const
  })
  return Object.fromEntries(entries)
}

function convertedMap(values: Schema, value: unknown): unknown {
  if (!isJsonObject(value)) throw new DecodingError(`cannot restore map from ${goKindOf(value)}`)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, converted(values, inner)]))
}

function convertedScalar(schema: Schema, value: unknown): unknown {
  switch (schema.format) {
    case 'quantity':
    case 'int-or-string':
    case 'date-time':
    case 'micro-time':
      return readsItself(schema, value)
    case 'byte':
      if (typeof value !== 'string') throw new DecodingError(`cannot restore slice from ${goKindOf(value)}`)
      return base64(schema, value)
    default:
      return convertedSimple(schema, value)
  }
}

/** These have decoders of their own, which know nothing of where they stand. */
function readsItself(schema: Schema, value: unknown): unknown {
  decode(schema, value)
  return value
}

function base64(schema: Schema, value: string): unknown {
  try {
    return readsItself(schema, value)
  } catch (error) {
    throw error instanceof DecodingError ? new DecodingError(`error decoding from json: ${error.message}`, { cause: error }) : error
  }
}

function convertedSimple(schema: Schema, value: unknown): unknown {
  const [wanted, given] = [simpleTypeOf(schema), goKindOf(value)]
  if (wanted === given || (wanted === 'float64' && given === 'int64')) return value
  if (wanted === 'string' && given === 'int64') throw new DecodingError('cannot convert int64 to string')
  if (wanted.startsWith('int') && (given === 'int64' || given === 'float64')) return wholeNumber(wanted, value)
  throw new DecodingError(`unrecognized type: ${wanted}`)
}

function simpleTypeOf({ type, format }: Schema): string {
  if (type === 'boolean') return 'bool'
  if (type === 'integer') return format ?? 'int64'
  return type === 'number' ? 'float64' : 'string'
}

/** As Go converts: what does not fit into 32 bits loses its upper ones. */
function wholeNumber(wanted: string, value: unknown): unknown {
  const number = Number(JSON.stringify(value))
  if (!Number.isInteger(number)) throw new DecodingError(`cannot convert float64 to ${wanted}`)
  if (wanted === 'int64') return isExactNumber(value) && goKindOf(value) === 'int64' ? value : number
  return Number(BigInt.asIntN(32, BigInt(number)))
}

/** What Go calls the value in hand: a number that was written as an integer is one. */
function goKindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice'
  if (isExactNumber(value) || typeof value === 'number') return isInt64(JSON.stringify(value)) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map'
}
