/**
 * OpenAPI definitions from schemas: version 2 (`/openapi/v2`) and version 3 (`/openapi/v3/...`), with the extensions that kubectl reads.
 * Texts come from outside, since they are not part of a schema.
 */
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Schema } from './schema.ts'

/** The text for a definition, or for one of its fields. */
export type Describe = (definition: string, field?: string) => string | undefined

/** A version of a group, whose document says of shared kinds that they are its own too. */
export type GroupVersion = { readonly group: string; readonly version: string }

/** How one version of OpenAPI writes what differs between the two. */
type Dialect = { readonly refPrefix: string; readonly isV3: boolean }
type Writer = { readonly dialect: Dialect; readonly describe: Describe; readonly versions: readonly GroupVersion[] }

const v2: Dialect = { refPrefix: '#/definitions/', isV3: false }
const v3: Dialect = { refPrefix: '#/components/schemas/', isV3: true }

/** All definitions reachable from `roots`, by name: the `definitions` of an OpenAPI v2 document. */
export function openApiV2Definitions(
  roots: Iterable<Schema>,
  describe: Describe = noText,
  versions: readonly GroupVersion[] = [],
): JsonObject {
  return definitions(roots, { dialect: v2, describe, versions })
}

/** The `components.schemas` of an OpenAPI v3 document. */
export function openApiV3Schemas(roots: Iterable<Schema>, describe: Describe = noText, versions: readonly GroupVersion[] = []): JsonObject {
  return definitions(roots, { dialect: v3, describe, versions })
}

function definitions(roots: Iterable<Schema>, writer: Writer): JsonObject {
  const named = new Map<string, Schema>()
  for (const root of roots) collect(root, named)
  return Object.fromEntries(
    [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, schema]) => [name, definition(schema, name, writer)]),
  )
}

function collect(schema: Schema, named: Map<string, Schema>): void {
  const name = nameOf(schema)
  if (name !== undefined) {
    if (named.has(name)) return
    named.set(name, schema.definition ?? schema)
  }
  for (const inner of [schema.items, schema.values, ...Object.values(schema.properties ?? {})])
    if (inner !== undefined) collect(inner, named)
}

function nameOf({ name, definedAs }: Schema): string | undefined {
  return name ?? definedAs
}

function definition(schema: Schema, name: string, writer: Writer): JsonObject {
  const { dialect, describe } = writer
  if (schema.definedAs !== undefined) return { ...text(describe(name)), ...valueDefinition(schema, dialect) }
  const properties = Object.entries(schema.properties ?? {}).map(([field, inner]) => [field, property(schema, field, inner, name, writer)])
  return {
    ...text(describe(name)),
    type: 'object',
    ...(schema.required === undefined ? {} : { required: schema.required }),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(schema.apiVersion === undefined ? {} : { 'x-kubernetes-group-version-kind': kindsOf(schema.apiVersion, name, writer) }),
    ...(schema.mapType === undefined ? {} : { 'x-kubernetes-map-type': schema.mapType }),
    ...(schema.members === undefined ? {} : { 'x-kubernetes-unions': [unionOf(schema.members, schema.discriminator)] }),
  }
}

/** What has a definition of its own and is no object. */
function valueDefinition({ type, format, definedAs = '' }: Schema, { isV3 }: Dialect): JsonObject {
  switch (format) {
    case 'quantity':
      return isV3 ? { oneOf: [{ type: 'string' }, { type: 'number' }] } : { type: 'string' }
    case 'int-or-string':
      return isV3 ? { format, oneOf: [{ type: 'integer' }, { type: 'string' }] } : { type: 'string', format }
    case 'micro-time':
      return { type, format: 'date-time' }
    case 'date-time':
      return { type, format }
    default:
      return definedAs.startsWith('io.k8s.apimachinery') ? { type: 'object' } : {}
  }
}

function unionOf(members: readonly string[], discriminator: string | undefined): JsonObject {
  const fields = members.map((member) => [member, member.charAt(0).toUpperCase() + member.slice(1)])
  const named = discriminator === undefined || discriminator === '' ? {} : { discriminator }
  return { ...named, 'fields-to-discriminateBy': Object.fromEntries(fields) }
}

function property(owner: Schema, field: string, schema: Schema, name: string, { dialect, describe }: Writer): JsonObject {
  const hasZero = owner.always?.includes(field) === true || owner.zeros?.includes(field) === true
  const value = schema.default ?? (hasZero ? zeroOf(schema) : undefined)
  const neighbours = {
    ...text(describe(name, field)),
    ...(dialect.isV3 && value !== undefined ? { default: value } : {}),
    ...extensions(schema),
  }
  return { ...neighbours, ...shape(schema, dialect, Object.keys(neighbours).length > 0) }
}

/** A reference with something beside it stands in `allOf` in version 3, where a bare `$ref` hides its neighbours. */
function shape(schema: Schema, dialect: Dialect, hasNeighbours = false): JsonObject {
  const name = nameOf(schema)
  if (name !== undefined) {
    const reference = { $ref: dialect.refPrefix + name }
    return hasNeighbours && dialect.isV3 ? { allOf: [reference] } : reference
  }
  switch (schema.type) {
    case 'any':
      return dialect.isV3 ? { 'x-kubernetes-preserve-unknown-fields': true } : { type: 'object' }
    case 'array':
      return { type: 'array', items: entry(schema.items, dialect) }
    case 'object':
      return { type: 'object', additionalProperties: entry(schema.values, dialect) }
    default:
      return {
        type: schema.type,
        ...(schema.format === undefined ? {} : { format: schema.format }),
        ...(schema.enum === undefined ? {} : { enum: schema.enum }),
      }
  }
}

function entry(schema: Schema | undefined, dialect: Dialect): JsonObject {
  return schema === undefined ? {} : shape(schema, dialect)
}

function extensions(schema: Schema): JsonObject {
  return {
    ...(schema.listKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': schema.listKeys }),
    ...(schema.listType === undefined ? {} : { 'x-kubernetes-list-type': schema.listType }),
    ...(schema.mapType === undefined || (schema.name !== undefined && schema.mapType === (schema.definition ?? schema).mapType)
      ? {}
      : { 'x-kubernetes-map-type': schema.mapType }),
    ...(schema.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': schema.patchMergeKey }),
    ...(schema.patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': schema.patchStrategy.join(',') }),
  }
}

function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'object':
      return {}
    case 'string':
      return schema.format === undefined ? '' : undefined
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    default:
      return undefined
  }
}

/** Options and watch events belong to every group. */
const sharedKinds: ReadonlySet<string> = new Set(['DeleteOptions', 'WatchEvent'])

function kindsOf(apiVersion: string, name: string, { versions }: Writer): readonly JsonObject[] {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const kind = name.slice(name.lastIndexOf('.') + 1)
  const others = sharedKinds.has(kind) ? versions.filter((one) => one.group !== group || one.version !== version) : []
  return [{ group, version }, ...others].map((one) => ({ group: one.group, kind, version: one.version }))
}

function text(description: string | undefined): JsonObject {
  return description === undefined ? {} : { description }
}

function noText(): undefined {
  return undefined
}

/** Whether two definitions say the same, apart from their texts: what tests compare. */
export function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => key !== 'description' || typeof inner !== 'string')
      .map(([key, inner]) => [key, withoutTexts(inner)]),
  )
}
