/** Writes the TypeScript types of one or several packages that share a file. */
import type { Definition, Field, Leaf, Package, Shape } from './definitions.ts'
import { banner, Imports } from './imports.ts'

export function typesFile(packages: readonly Package[]): string {
  const [first] = packages
  if (first === undefined) return ''
  const imports = new Imports(first, 'types')
  const bodies = packages.flatMap(({ definitions }) => definitions.map((definition) => interfaceOf(definition, imports)))
  const aliases = first.folder === 'meta' ? leafAliases : []
  const head = [banner, ...leafImports(bodies, first), ...imports.lines('import type')]
  return `${[head.join('\n'), ...aliases, ...bodies].join('\n\n')}\n`
}

const leafAliases = [
  '/** A number with a unit suffix, such as `500m` or `1Gi`, in canonical form. */\nexport type Quantity = string',
  '/** An absolute number, or a percentage or name as text. */\nexport type IntOrString = number | string',
]

function leafImports(bodies: readonly string[], source: Package): readonly string[] {
  if (source.folder === 'meta') return []
  const used = ['IntOrString', 'Quantity'].filter((name) => bodies.some((body) => body.includes(name)))
  return used.length === 0 ? [] : [`import type { ${used.join(', ')} } from '#meta/types.gen'`]
}

function interfaceOf(definition: Definition, imports: Imports): string {
  const fields = definition
    .fields()
    .map((field) => `  readonly ${keyOf(field)}${isSure(definition, field) ? '' : '?'}: ${typeOfField(definition, field, imports)}`)
  return fields.length === 0
    ? `export type ${definition.name} = Readonly<Record<string, never>>`
    : `export interface ${definition.name} {\n${fields.join('\n')}\n}`
}

function typeOfField(definition: Definition, field: Field, imports: Imports): string {
  if (isStandalone(definition) && field.name === 'kind') return `'${definition.name}'`
  if (isStandalone(definition) && field.name === 'apiVersion') return `'${definition.package.apiVersion ?? 'v1'}'`
  return typeOf(field.shape, imports)
}

function typeOf(shape: Shape, imports: Imports): string {
  switch (shape.sort) {
    case 'leaf':
      return leafTypes[shape.leaf]
    case 'ref':
      return imports.nameOf(shape.to)
    case 'array':
      return `readonly ${typeOf(shape.of, imports)}[]`
    case 'map':
      return `{ readonly [key: string]: ${typeOf(shape.of, imports)} }`
  }
}

const leafTypes: Readonly<Record<Leaf, string>> = {
  anything: 'unknown',
  fieldsV1: 'unknown',
  json: 'unknown',
  jsonSchemaOrArray: 'unknown',
  jsonSchemaOrBool: 'unknown',
  jsonSchemaOrStringArray: 'unknown',
  string: 'string',
  bytes: 'string',
  time: 'string',
  microTime: 'string',
  quantity: 'Quantity',
  intOrString: 'IntOrString',
  boolean: 'boolean',
  int32: 'number',
  int64: 'number',
  double: 'number',
}

/**
 * Whether a decoded object has the field in any case. Structs that Go holds by value always exist; we rely on that for metadata, spec
 * and status of whole objects and for the spec of templates, and leave the rest optional so that objects can be written by hand.
 */
function isSure(definition: Definition, field: Field): boolean {
  if (field.isRequired) return true
  if (isStandalone(definition) && ['apiVersion', 'kind'].includes(field.name)) return true
  if (!('always' in field.facts) || field.shape.sort !== 'ref') return false
  if (isStandalone(definition)) return ['metadata', 'spec', 'status'].includes(field.name)
  return field.name === 'spec' && definition.fields().some(({ name }) => name === 'metadata')
}

/** Options, discovery documents and the like come without their kind too. */
function isStandalone({ facts, fields, package: { apiVersion }, name }: Definition): boolean {
  return 'root' in facts && fields().some(({ name: field }) => field === 'metadata') && (apiVersion !== undefined || name === 'Status')
}

function keyOf({ name }: Field): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}
