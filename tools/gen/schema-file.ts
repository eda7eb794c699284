/** Writes the schemas of one or several packages that share a file. */
import type { Definition, Field, Package, Shape } from './definitions.ts'
import { banner, Imports } from './imports.ts'
import type { Facts } from './overlay.ts'

export function schemaFile(packages: readonly Package[]): string {
  const [first] = packages
  if (first === undefined) return ''
  const imports = new Imports(first, 'schema')
  const words = new Set<string>(['definitionsOf'])
  const bodies = packages.map((source, index) => packageBody(source, index === 0 ? 'define' : `define${index + 1}`, imports, words))
  const build = first.folder === 'meta' ? './schema/build.ts' : '#meta/schema/build'
  const schema = first.folder === 'meta' ? './schema/schema.ts' : '#meta/schema/schema'
  const head = [
    banner,
    `import { ${[...words].sort().join(', ')} } from '${build}'`,
    `import type { Schema } from '${schema}'`,
    ...imports.lines('import'),
  ]
  return `${[head.join('\n'), ...bodies].join('\n\n')}\n`
}

function packageBody(source: Package, define: string, imports: Imports, words: Set<string>): string {
  const definitions = source.definitions.map((definition) => definitionOf(definition, define, imports, words))
  return [`const ${define} = definitionsOf('${source.name}')`, ...definitions].join('\n')
}

function definitionOf(definition: Definition, define: string, imports: Imports, words: Set<string>): string {
  const fields = definition.fields().map((field) => `  ${keyOf(field.name)}: ${fieldOf(field, imports, words)},\n`)
  const properties = fields.length === 0 ? '{}' : `{\n${fields.join('')}}`
  const facts = objectFacts(definition)
  return `export const ${definition.name}: Schema = ${define}('${definition.name}', () => (${properties})${facts})`
}

function objectFacts(definition: Definition): string {
  const named = (choose: (field: Field) => boolean) =>
    definition
      .fields()
      .filter(choose)
      .map(({ name }) => name)
  const facts = {
    apiVersion: 'root' in definition.facts ? (definition.package.apiVersion ?? 'v1') : undefined,
    required: named(({ isRequired }) => isRequired),
    always: named(({ facts: { always } }) => always !== undefined),
    writesNull: named(({ facts: { writesNull } }) => writesNull !== undefined),
    keepsZero: named(({ facts: { keepsZero } }) => keepsZero !== undefined),
    byValue: named(({ facts: { byValue } }) => byValue !== undefined),
    zeros: named(({ facts: { zero } }) => zero !== undefined),
    mapType: definition.facts.mapType,
    members: named(({ facts: { member } }) => member !== undefined),
    discriminator: definition.facts.union,
  }
  const present = Object.entries(facts).filter(([, value]) => value !== undefined && value.length > 0)
  return present.length === 0 ? '' : `, ${literal(Object.fromEntries(present))}`
}

function fieldOf({ shape, facts }: Field, imports: Imports, words: Set<string>): string {
  const extra = fieldFacts(facts)
  const isPlain = Object.keys(extra).length === 0
  if (shape.sort === 'array' || shape.sort === 'map') {
    words.add(shape.sort)
    return `${shape.sort}(${valueOf(shape.of, facts, imports, words)}${isPlain ? '' : `, ${literal(extra)}`})`
  }
  const schema = valueOf(shape, facts, imports, words)
  if (isPlain) return schema
  words.add('field')
  return `field(${schema}, ${literal(extra)})`
}

/** Values that are listed are strings. */
function valueOf(shape: Shape, { enum: values }: Facts, imports: Imports, words: Set<string>): string {
  if (values === undefined) return schemaOf(shape, imports, words)
  words.add('oneOf')
  const list = values.split(',').map((value) => `'${decodeURIComponent(value)}'`)
  return `oneOf(${list.join(', ')})`
}

function schemaOf(shape: Shape, imports: Imports, words: Set<string>): string {
  if (shape.sort === 'ref') return imports.nameOf(shape.to)
  if (shape.sort === 'leaf') {
    words.add(shape.leaf)
    return shape.leaf
  }
  words.add(shape.sort)
  return `${shape.sort}(${schemaOf(shape.of, imports, words)})`
}

function fieldFacts(facts: Facts): Readonly<Record<string, unknown>> {
  const { listType, listKeys, mapType, patchStrategy, patchMergeKey } = facts
  return {
    ...(listType === undefined ? {} : { listType }),
    ...(listKeys === undefined ? {} : { listKeys: listKeys.split(',') }),
    ...(mapType === undefined ? {} : { mapType }),
    ...(patchStrategy === undefined ? {} : { patchStrategy: patchStrategy.split(',') }),
    ...(patchMergeKey === undefined ? {} : { patchMergeKey }),
    ...(facts.default === undefined ? {} : { default: JSON.parse(facts.default) }),
  }
}

function literal(value: Readonly<Record<string, unknown>>): string {
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${JSON.stringify(inner).replaceAll('"', "'")}`)
    .join(', ')} }`
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}
