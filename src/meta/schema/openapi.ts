/**
 * OpenAPI definitions from schemas: version 2 (`/openapi/v2`) and version 3 (`/openapi/v3/...`), with the extensions that kubectl reads.
 * Texts come from outside, since they are not part of a schema.
 */
import { isJsonObject, type JsonObject } from './go-type.ts'
import type { Schema } from './schema.ts'

/** The text for a definition, or for one of its fields. */
export type Describe = (definition: string, field?: string) => string | undefined

/** How one version of OpenAPI writes what differs between the two. */
type Dialect = { readonly refPrefix: string; readonly isV3: boolean }

const v2: Dialect = { refPrefix: '#/definitions/', isV3: false }
const v3: Dialect = { refPrefix: '#/components/schemas/', isV3: true }

/** All definitions reachable from `roots`, by name: the `definitions` of an OpenAPI v2 document. */
export function openApiV2Definitions(roots: Iterable<Schema>, describe: Describe = noText): JsonObject {
  return definitions(roots, v2, describe)
}

/** The `components.schemas` of an OpenAPI v3 document. */
export function openApiV3Schemas(roots: Iterable<Schema>, describe: Describe = noText): JsonObject {
  return definitions(roots, v3, describe)
}

function definitions(roots: Iterable<Schema>, dialect: Dialect, describe: Describe): JsonObject {
  const named = new Map<string, Schema>()
  for (const root of roots) collect(root, named)
  return Object.fromEntries(
    [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, schema]) => [name, definition(schema, name, dialect, describe)]),
  )
}

function collect(schema: Schema, named: Map<string, Schema>): void {
  if (schema.name !== undefined) {
    if (named.has(schema.name)) return
    named.set(schema.name, schema.definition ?? schema)
  }
  for (const inner of [schema.items, schema.values, ...Object.values(schema.properties ?? {})])
    if (inner !== undefined) collect(inner, named)
}

function definition(schema: Schema, name: string, dialect: Dialect, describe: Describe): JsonObject {
  const properties = Object.entries(schema.properties ?? {}).map(([field, inner]) => [
    field,
    property(schema, field, inner, name, dialect, describe),
  ])
  return {
    ...text(describe(name)),
    ...(schema.required === undefined ? {} : { required: schema.required }),
    type: 'object',
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(schema.apiVersion === undefined ? {} : { 'x-kubernetes-group-version-kind': [groupVersionKind(schema.apiVersion, name)] }),
    ...(schema.mapType === undefined ? {} : { 'x-kubernetes-map-type': schema.mapType }),
  }
}

function property(owner: Schema, field: string, schema: Schema, name: string, dialect: Dialect, describe: Describe): JsonObject {
  const isWritten = owner.always?.includes(field) === true
  const value = schema.default ?? (isWritten ? zeroOf(schema) : undefined)
  return {
    ...text(describe(name, field)),
    ...shape(schema, dialect, value !== undefined && dialect.isV3),
    ...(dialect.isV3 && value !== undefined ? { default: value } : {}),
    ...extensions(schema),
  }
}

/** A reference with something beside it stands in `allOf` in version 3, where a bare `$ref` hides its neighbours. */
function shape(schema: Schema, dialect: Dialect, hasNeighbours = false): JsonObject {
  if (schema.name !== undefined) {
    const reference = { $ref: dialect.refPrefix + schema.name }
    return hasNeighbours || dialect.isV3 ? { allOf: [reference] } : reference
  }
  switch (schema.type) {
    case 'any':
      return dialect.isV3 ? { 'x-kubernetes-preserve-unknown-fields': true } : { type: 'object' }
    case 'array':
      return { type: 'array', items: entry(schema.items, dialect) }
    case 'object':
      return { type: 'object', additionalProperties: entry(schema.values, dialect) }
    default:
      return { type: schema.type, ...formatOf(schema), ...(schema.enum === undefined ? {} : { enum: schema.enum }) }
  }
}

function entry(schema: Schema | undefined, dialect: Dialect): JsonObject {
  if (schema === undefined) return {}
  return schema.name === undefined ? shape(schema, dialect) : { $ref: dialect.refPrefix + schema.name }
}

function formatOf({ format }: Schema): JsonObject {
  if (format === undefined || format === 'quantity') return {}
  return { format: format === 'micro-time' ? 'date-time' : format }
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

function groupVersionKind(apiVersion: string, name: string): JsonObject {
  const [version, group = ''] = apiVersion.split('/').reverse()
  return { group, kind: name.slice(name.lastIndexOf('.') + 1), version }
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
