/** Writes operations as OpenAPI 2 and OpenAPI 3 have them. Pure. */
import type { JsonObject } from '#meta/schema/go-type'
import type { Schema } from '#meta/schema/schema'
import { type Response, responseTexts } from './bodies.ts'
import type { Operation } from './operations.ts'
import type { Parameter } from './parameters.ts'
import type { PathOperations } from './paths.ts'

export type Dialect = 'v2' | 'v3'

const refPrefix: Readonly<Record<Dialect, string>> = { v2: '#/definitions/', v3: '#/components/schemas/' }
export const patchName = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch'

export function writtenPaths(paths: readonly PathOperations[], dialect: Dialect): JsonObject {
  return Object.fromEntries(
    paths.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, operations]) => [path, pathItem(operations, dialect)]),
  )
}

/** Parameters that all operations of a path have stand at the path; bodies do not. */
function pathItem(operations: readonly Operation[], dialect: Dialect): JsonObject {
  const lists = operations.map((operation) => parametersOf(operation, dialect))
  const texts = lists.map((list) => new Set(list.map((parameter) => JSON.stringify(parameter))))
  const isShared = (parameter: JsonObject) => parameter['in'] !== 'body' && texts.every((set) => set.has(JSON.stringify(parameter)))
  const shared = (lists[0] ?? []).filter(isShared)
  const written = operations.map((operation, index): [string, JsonObject] => {
    const own = (lists[index] ?? []).filter((parameter) => !isShared(parameter))
    return [operation.method, dialect === 'v2' ? operationV2(operation, own) : operationV3(operation, own)]
  })
  return { ...Object.fromEntries(written), ...(shared.length === 0 ? {} : { parameters: shared }) }
}

function operationV2(operation: Operation, parameters: readonly JsonObject[]): JsonObject {
  const { description, consumes, tag, id, responses } = operation
  return {
    description,
    ...(consumes.length === 0 ? {} : { consumes }),
    produces: responses[0]?.types ?? [],
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: responsesOf(responses, ({ schema }) => ({ schema: schemaRef(schema, 'v2') })),
    ...extensionsOf(operation),
  }
}

function operationV3(operation: Operation, parameters: readonly JsonObject[]): JsonObject {
  const { description, consumes, tag, id, responses, body } = operation
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { content: contentOf(consumes, body.schema), ...(body.isRequired ? { required: true } : {}) } }),
    responses: responsesOf(responses, ({ schema, types }) => ({ content: contentOf(types, schema) })),
    ...extensionsOf(operation),
  }
}

function contentOf(types: readonly string[], schema: Schema | 'text' | 'patch'): JsonObject {
  return Object.fromEntries(types.toSorted().map((type) => [type, { schema: schemaRef(schema, 'v3') }]))
}

function schemaRef(schema: Schema | 'text' | 'patch', dialect: Dialect): JsonObject {
  if (schema === 'text') return { type: 'string' }
  return { $ref: `${refPrefix[dialect]}${schema === 'patch' ? patchName : schema.name}` }
}

function responsesOf(responses: readonly Response[], content: (response: Response) => JsonObject): JsonObject {
  const answers = responses.map((response) => [response.code, { description: responseTexts[response.code], ...content(response) }])
  return Object.fromEntries([...answers, [401, { description: responseTexts[401] }]])
}

function extensionsOf({ action, subject }: Operation): JsonObject {
  return {
    ...(action === undefined ? {} : { 'x-kubernetes-action': action }),
    ...(subject === undefined ? {} : { 'x-kubernetes-group-version-kind': subject }),
  }
}

/** In version 2 the body is a parameter. */
function parametersOf({ parameters, body }: Operation, dialect: Dialect): readonly JsonObject[] {
  const written = parameters.map((parameter) => writtenParameter(parameter, dialect))
  if (dialect === 'v3' || body === undefined) return written.toSorted(byName)
  const inBody = { name: 'body', in: 'body', ...(body.isRequired ? { required: true } : {}), schema: schemaRef(body.schema, dialect) }
  return [...written, inBody].toSorted(byName)
}

function byName(a: JsonObject, b: JsonObject): number {
  const [left, right] = [`${a['name']} ${a['in']}`, `${b['name']} ${b['in']}`]
  return left < right ? -1 : left > right ? 1 : 0
}

function writtenParameter({ name, in: place, type, description }: Parameter, dialect: Dialect): JsonObject {
  const value = { type, uniqueItems: true }
  return {
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    ...(place === 'path' ? { required: true } : {}),
    ...(dialect === 'v2' ? value : { schema: value }),
  }
}
