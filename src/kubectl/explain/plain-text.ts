/** The text of `kubectl explain`: what a resource or one of its fields is, and which fields that has. */
import { CommandError } from '../errors.ts'
import { type OpenApiDocument, type OpenApiSchema, refName, resolved, valueSchema } from './open-api.ts'
import { indentedBy, wordWrap } from './word-wrap.ts'

export type Explained = {
  readonly document: OpenApiDocument
  readonly schema: OpenApiSchema
  /** The names of fields, from the resource on. */
  readonly path: readonly string[]
  readonly isRecursive: boolean
}

/** Throws a CommandError where there is no such field. */
export function explainText({ document, schema, path, isRecursive }: Explained): string {
  const [name, ...rest] = path
  if (name === undefined) {
    const fields = fieldList({ document, isRecursive }, schema, 1)
    const description = indentedBy(wordWrap(descriptionOf(document, schema) || '<empty>', 76), 4)
    return `DESCRIPTION:\n${description}\n${fields === '' ? '' : `FIELDS:\n${fields}`}\n`
  }
  const owner = ownerOf(document, schema, name)
  const field = owner?.properties?.[name]
  if (field === undefined) throw new CommandError(`field ${JSON.stringify(name)} does not exist`)
  const head = rest.length > 0 ? '' : `FIELD: ${name} <${typeText(document, field)}>\n${longEnum(document, field)}\n\n`
  return head + explainText({ document, schema: field, path: rest, isRecursive })
}

/** The schema below `schema` that has the field, through lists, maps and references. */
function ownerOf(document: OpenApiDocument, schema: OpenApiSchema, name: string): OpenApiSchema | undefined {
  const { properties, items, allOf = [], anyOf = [], oneOf = [], ...own } = resolved(document, schema)
  if (properties !== undefined && Object.hasOwn(properties, name)) return { properties }
  const inner = [items, valueSchema(own), ...allOf, ...anyOf, ...oneOf]
  for (const one of inner) {
    const found = one === undefined ? undefined : ownerOf(document, one, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Its own words and those of what it is made of; ends with a line break unless empty. */
function descriptionOf(document: OpenApiDocument, schema: OpenApiSchema): string {
  const { description = '', items, allOf = [], ...own } = resolved(document, schema)
  const inner = [items, valueSchema(own), ...allOf]
  return (
    (description === '' ? '' : `${description}\n`) + inner.map((one) => (one === undefined ? '' : descriptionOf(document, one))).join('')
  )
}

type Look = { readonly document: OpenApiDocument; readonly isRecursive: boolean }

function fieldList(look: Look, schema: OpenApiSchema, level: number, above: readonly string[] = []): string {
  const { document, isRecursive } = look
  const ref = schema.$ref
  // A schema may hold itself, as those of custom resource definitions do.
  if (ref !== undefined && above.includes(ref)) return ''
  const seen = ref === undefined ? above : [...above, ref]
  const { properties = {}, required = [], items, allOf = [], ...own } = resolved(document, schema)
  const fields = Object.keys(properties)
    .toSorted()
    .map((name) => {
      const field = properties[name] ?? {}
      const detail = fieldDetail(look, { name, field, isRequired: required.includes(name) }, level)
      return detail + (isRecursive ? fieldList(look, field, level + 1, seen) : '\n')
    })
  const inner = [items, valueSchema(own), ...allOf].map((one) => (one === undefined ? '' : fieldList(look, one, level, seen)))
  return [...fields, ...inner].join('')
}

type Field = { readonly name: string; readonly field: OpenApiSchema; readonly isRequired: boolean }

function fieldDetail({ document, isRecursive }: Look, { name, field, isRequired }: Field, level: number): string {
  const margin = '  '.repeat(level)
  const head = `${margin}${name}\t<${typeText(document, field)}>${isRequired ? ' -required-' : ''}\n`
  const values = enumOf(document, field)
  const enumLine = values.length === 0 ? '' : `${margin}enum: ${shownValues(values).join(', ')}\n`
  if (isRecursive) return head + enumLine
  const description = wordWrap(field.description || '<no description>', 78 - margin.length)
  return `${head}${enumLine}${indentedBy(description, margin.length + 2)}\n`
}

const shownEnumMax = 4

function shownValues(values: readonly string[]): readonly string[] {
  return values.length <= shownEnumMax ? values : [...values.slice(0, shownEnumMax), '....']
}

function longEnum(document: OpenApiDocument, field: OpenApiSchema): string {
  const values = enumOf(document, field)
  return values.length === 0 ? '' : `ENUM:\n${values.map((value) => `    ${value}`).join('\n')}`
}

function enumOf(document: OpenApiDocument, field: OpenApiSchema): readonly string[] {
  const values = resolved(document, field).enum ?? []
  return values.map((value) => (value === '' ? '""' : String(value)))
}

function typeText(document: OpenApiDocument, schema: OpenApiSchema): string {
  const { items, allOf = [], properties, $ref, type } = schema
  const [first] = allOf
  const values = valueSchema(schema)
  if (items !== undefined) return `[]${typeText(document, items)}`
  if (values !== undefined) return `map[string]${typeText(document, values)}`
  if (first !== undefined && allOf.length === 1 && properties === undefined) return typeText(document, first)
  if ($ref === undefined) return type === undefined || type === 'object' ? 'Object' : type
  const target = resolved(document, schema).type
  if (target !== undefined && target !== 'object') return target
  return refName($ref).split('.').at(-1) ?? 'Object'
}
