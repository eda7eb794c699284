/** The shape of the field facts, and how one field reads as TypeScript and as a line of schema. */

export interface FieldFacts {
  readonly id: number
  readonly type: string
  readonly rule?: 'repeated'
  readonly keyType?: string
}

export interface MessageFacts {
  readonly fields: Readonly<Record<string, FieldFacts>>
  readonly nested?: Readonly<Record<string, EnumFacts>>
}

export interface EnumFacts {
  readonly values: Readonly<Record<string, number>>
}

export interface ServiceFacts {
  readonly methods: Readonly<
    Record<string, { readonly requestType: string; readonly responseType: string; readonly responseStream?: boolean }>
  >
}

export type Facts = Readonly<Record<string, MessageFacts | EnumFacts | ServiceFacts>>

/** All enums, those inside messages too: name -> number -> value. */
export function enumsOf(facts: Facts): Readonly<Record<string, Readonly<Record<number, string>>>> {
  const nested = Object.values(facts).flatMap((item) => ('fields' in item ? Object.entries(item.nested ?? {}) : []))
  const enums = [...Object.entries(facts), ...nested].filter((entry): entry is [string, EnumFacts] => 'values' in entry[1])
  return Object.fromEntries(
    enums.map(([name, { values }]) => [name, Object.fromEntries(Object.entries(values).map(([value, number]) => [number, value]))]),
  )
}

/** What follows the field's name in an interface; only a single message can be absent. */
export function fieldType({ type, rule, keyType }: FieldFacts, enums: Readonly<Record<string, unknown>>): string {
  const own = scalarTypes[type] ?? type
  if (keyType !== undefined) return `: Readonly<Record<${scalarTypes[keyType]}, ${own}>>`
  if (rule === 'repeated') return `: readonly ${own}[]`
  return type in scalarTypes || type in enums ? `: ${own}` : `?: ${own}`
}

export function linesOfSchema(messages: readonly (readonly [string, MessageFacts])[]): string {
  return messages.map(([name, { fields }]) => `    ${name}:\n      '${Object.entries(fields).map(schemaField).join(', ')}',`).join('\n')
}

function schemaField([name, { id, type, rule, keyType }]: [string, FieldFacts]): string {
  const whole = keyType !== undefined ? `map<${keyType}, ${type}>` : rule === 'repeated' ? `repeated ${type}` : type
  return `${id} ${name} ${whole}`
}

const scalarTypes: Readonly<Record<string, string>> = {
  string: 'string',
  bool: 'boolean',
  bytes: 'Uint8Array',
  double: 'number',
  int32: 'number',
  uint32: 'number',
  int64: 'bigint',
  uint64: 'bigint',
}
