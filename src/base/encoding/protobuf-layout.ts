/**
 * The fields of a message, read from its line in a table. A line is `number name type` separated by commas, for example
 * `1 name string, 2 ports repeated int32, 3 labels map<string, string>, 4 spec PodSpec`.
 */
import { ProtobufError } from './protobuf-error.ts'

export interface ProtobufSchema {
  readonly messages: Readonly<Record<string, string>>
  /** Names by number; in values an enum is its name. */
  readonly enums?: Readonly<Record<string, Readonly<Record<number, string>>>>
}

export interface Field {
  readonly number: number
  readonly name: string
  readonly shape: 'one' | 'repeated' | 'map'
  readonly kind: 'scalar' | 'enum' | 'message'
  /** The type of the value, of each item, or of a map's values. */
  readonly type: string
  /** Of a map. */
  readonly keyType: string
}

export interface Layout {
  /** By number, ascending. */
  readonly fields: readonly Field[]
  readonly byNumber: ReadonlyMap<number, Field>
}

export const varint = 0
export const fixed64 = 1
export const lengthDelimited = 2

const scalarWireTypes: Readonly<Record<string, number>> = {
  bool: varint,
  int32: varint,
  uint32: varint,
  int64: varint,
  uint64: varint,
  double: fixed64,
  string: lengthDelimited,
  bytes: lengthDelimited,
}

export function parseLayout(message: string, schema: ProtobufSchema): Layout {
  const line = schema.messages[message]
  if (line === undefined) throw new ProtobufError(`no message ${message} in the schema`)
  const fields = [...line.matchAll(/(\d+) (\w+) (?:(repeated) )?(?:map<(\w+), )?([\w.]+)>?/g)].map((match): Field => {
    const [, number, name = '', repeated, keyType, type = ''] = match
    const kind = type in scalarWireTypes ? 'scalar' : schema.enums?.[type] !== undefined ? 'enum' : 'message'
    const shape = keyType !== undefined ? 'map' : repeated !== undefined ? 'repeated' : 'one'
    return { number: Number(number), name, shape, kind, type, keyType: keyType ?? '' }
  })
  fields.sort((a, b) => a.number - b.number)
  return { fields, byNumber: new Map(fields.map((field) => [field.number, field])) }
}

/** How a value of the field's type, or one of its items, stands on the wire. */
export function wireTypeOf(field: Pick<Field, 'kind' | 'type'>): number {
  return field.kind === 'message' ? lengthDelimited : (scalarWireTypes[field.type] ?? varint)
}
