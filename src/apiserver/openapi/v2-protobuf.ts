/**
 * The OpenAPI v2 document in the protobuf form (gnostic's `openapi.v2.Document`) that kubectl before 1.29 insists on.
 * Only what our own document holds has a place here.
 */
import { createProtobufCodec, type ProtobufMessage } from '#base/encoding/protobuf'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'

const messages: Readonly<Record<string, string>> = {
  Document:
    '1 swagger string, 2 info Info, 8 paths Paths, 9 definitions Definitions, 12 security repeated SecurityRequirement, 13 securityDefinitions SecurityDefinitions',
  Info: '1 title string, 2 version string',
  Paths: '2 path repeated NamedPathItem',
  NamedPathItem: '1 name string, 2 value PathItem',
  PathItem:
    '2 get Operation, 3 put Operation, 4 post Operation, 5 delete Operation, 6 options Operation, 7 head Operation, 8 patch Operation, 9 parameters repeated ParametersItem',
  Operation:
    '1 tags repeated string, 3 description string, 5 operationId string, 6 produces repeated string, 7 consumes repeated string, 8 parameters repeated ParametersItem, 9 responses Responses, 10 schemes repeated string, 13 extensions repeated NamedAny',
  ParametersItem: '1 parameter Parameter',
  Parameter: '1 body BodyParameter, 2 nonBody NonBodyParameter',
  BodyParameter: '2 name string, 3 in string, 4 required bool, 5 schema Schema',
  NonBodyParameter: '3 query QueryParameter, 4 path PathParameter',
  QueryParameter: '1 required bool, 2 in string, 3 description string, 4 name string, 6 type string, 20 uniqueItems bool',
  PathParameter: '1 required bool, 2 in string, 3 description string, 4 name string, 5 type string, 19 uniqueItems bool',
  Responses: '1 code repeated NamedResponse',
  NamedResponse: '1 name string, 2 value ResponseValue',
  ResponseValue: '1 response Response',
  Response: '1 description string, 2 schema SchemaItem',
  SchemaItem: '1 schema Schema',
  Definitions: '1 entries repeated NamedSchema',
  NamedSchema: '1 name string, 2 value Schema',
  Schema:
    '1 ref string, 2 format string, 4 description string, 5 default Any, 19 required repeated string, 20 enum repeated Any, 21 additionalProperties AdditionalProperties, 22 type Type, 23 items Items, 24 allOf repeated Schema, 25 properties Definitions, 31 extensions repeated NamedAny',
  AdditionalProperties: '1 schema Schema',
  Type: '1 value repeated string',
  Items: '1 schema repeated Schema',
  SecurityRequirement: '1 names repeated NamedStrings',
  NamedStrings: '1 name string, 2 value Strings',
  Strings: '1 value repeated string',
  SecurityDefinitions: '1 definitions repeated NamedSecurityDefinition',
  NamedSecurityDefinition: '1 name string, 2 value SecurityDefinition',
  SecurityDefinition: '2 apiKey ApiKey',
  ApiKey: '1 type string, 2 name string, 3 in string, 4 description string',
  NamedAny: '1 name string, 2 value Any',
  Any: '2 yaml string',
}

export const openApiV2ProtobufType = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

export function encodeOpenApiV2(document: JsonObject): Uint8Array {
  const codec = createProtobufCodec({ messages }, { absent: 'omit', int64: 'number', packed: false })
  return codec.encode('Document', {
    swagger: '2.0',
    info: objectOf(document['info']),
    paths: { path: entriesOf(document['paths']).map(([name, item]) => ({ name, value: pathItem(item) })) },
    definitions: named(document['definitions']),
    security: listOf(document['security']).map((one) => ({ names: Object.keys(one).map((name) => ({ name, value: {} })) })),
    securityDefinitions: {
      definitions: entriesOf(document['securityDefinitions']).map(([name, apiKey]) => ({ name, value: { apiKey } })),
    },
  })
}

function pathItem(item: JsonObject): ProtobufMessage {
  const { parameters, ...operations } = item
  return {
    ...Object.fromEntries(entriesOf(operations).map(([method, one]) => [method, operation(one)])),
    parameters: listOf(parameters).map(parameter),
  }
}

function operation(one: JsonObject): ProtobufMessage {
  const { tags, description, operationId, produces, consumes, schemes, parameters, responses } = one
  return {
    tags,
    description,
    schemes,
    operationId,
    produces,
    consumes,
    parameters: listOf(parameters).map(parameter),
    responses: { code: entriesOf(responses).map(([name, value]) => ({ name, value: { response: response(value) } })) },
    extensions: extensionsOf(one),
  }
}

function response({ description, schema: body }: JsonObject): ProtobufMessage {
  return body === undefined ? { description } : { description, schema: { schema: schema(objectOf(body)) } }
}

function parameter(one: JsonObject): ProtobufMessage {
  const { schema: body, ...rest } = one
  if (one['in'] === 'body') return { parameter: { body: { ...rest, schema: schema(objectOf(body)) } } }
  return { parameter: { nonBody: one['in'] === 'path' ? { path: rest } : { query: rest } } }
}

function schema(one: JsonObject): ProtobufMessage {
  const { $ref, format, description, required, enum: values, additionalProperties, type, items, allOf, properties } = one
  return {
    ref: $ref,
    format,
    description,
    required,
    default: 'default' in one ? anyOf(one['default']) : undefined,
    enum: Array.isArray(values) ? values.map(anyOf) : undefined,
    additionalProperties: isJsonObject(additionalProperties) ? { schema: schema(additionalProperties) } : undefined,
    type: typeof type === 'string' ? { value: [type] } : undefined,
    items: isJsonObject(items) ? { schema: [schema(items)] } : undefined,
    allOf: listOf(allOf).map(schema),
    properties: isJsonObject(properties) ? named(properties) : undefined,
    extensions: extensionsOf(one),
  }
}

function named(schemas: unknown): ProtobufMessage {
  return { entries: entriesOf(schemas).map(([name, value]) => ({ name, value: schema(value) })) }
}

/** Values of any kind travel as YAML; JSON is YAML. */
function anyOf(value: unknown): ProtobufMessage {
  return { yaml: `${JSON.stringify(value)}\n` }
}

function extensionsOf(one: JsonObject): readonly ProtobufMessage[] {
  return Object.entries(one)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => ({ name, value: anyOf(value) }))
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function entriesOf(value: unknown): readonly (readonly [string, JsonObject])[] {
  return Object.entries(objectOf(value)).map(([name, inner]) => [name, objectOf(inner)])
}
