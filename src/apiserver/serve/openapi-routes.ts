/** `/openapi/v2` and `/openapi/v3`: documents made from the kinds' schemas at first use. */
import { createHash } from 'node:crypto'
import type { Kind } from '#meta/kind'
import { array } from '#meta/schema/build'
import type { JsonObject } from '#meta/schema/go-type'
import { type Describe, openApiV2Definitions, openApiV3Schemas } from '#meta/schema/openapi'
import type { Schema } from '#meta/schema/schema'
import { ListMeta } from '#meta/schema.gen'
import { notAcceptable } from '#meta/status'
import type { Answer, IncomingRequest, KindTable } from '../exchange.ts'
import { parseAccept } from '../request/media-type.ts'
import { type ApiVersion, apiGroupsOf } from './api-groups.ts'
import type { Route } from './dispatch.ts'
import { pathsOf } from './openapi-paths.ts'
import { encodeOpenApiV2, openApiV2ProtobufType } from './openapi-v2-protobuf.ts'
import { kubernetesVersion } from './version.ts'

type State = {
  readonly kinds: readonly Kind[]
  readonly versions: ReadonlyMap<string, ApiVersion>
  readonly documents: Map<string, Uint8Array>
  readonly hash: string
}

const encoder = new TextEncoder()
const patchDefinition = { 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch': { type: 'object' } }

export function openApiRoute(kinds: KindTable, describe: Describe): Route {
  let state: State | undefined
  const current = (): State => {
    const all = kinds.all()
    if (state?.kinds !== all) state = newState(all)
    return state
  }
  return ({ request }) => {
    if (request.path === '/openapi/v2') return v2Answer(request, current(), describe)
    if (!request.path.startsWith('/openapi/v3')) return undefined
    const path = request.path.slice('/openapi/v3'.length).replace(/^\/|\/$/g, '')
    if (path === '') return indexAnswer(current())
    const version = current().versions.get(path)
    return version === undefined
      ? { status: 404, body: { kind: 'empty' } }
      : documentAnswer(request, current(), path, () => v3Document(version, describe))
  }
}

function newState(kinds: readonly Kind[]): State {
  const versions = apiGroupsOf(kinds).flatMap(({ name, versions: all }) =>
    all.map((version): [string, ApiVersion] => [name === '' ? `api/${version.version}` : `apis/${name}/${version.version}`, version]),
  )
  // Documents follow from the kinds and from this build: to hash their names spares making all of them for the index.
  const names = kinds.map((kind) => `${kind.apiVersion}/${kind.kind}`).join()
  const hash = createHash('sha256').update(`${kubernetesVersion} ${names}`).digest('hex').toUpperCase()
  return { kinds, versions: new Map(versions), documents: new Map(), hash }
}

function indexAnswer({ versions, hash }: State): Answer {
  const paths = Object.fromEntries([...versions.keys()].map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]))
  return { status: 200, body: { kind: 'bytes', contentType: 'application/json', bytes: encoder.encode(JSON.stringify({ paths })) } }
}

function documentAnswer(request: IncomingRequest, { documents, hash }: State, name: string, make: () => unknown): Answer {
  if (!acceptsJson(request)) throw notAcceptable('only the following media types are accepted: application/json')
  const etag = `"${hash}"`
  const headers = { etag, vary: 'Accept', ...(request.query.get('hash') === hash ? { 'cache-control': 'public, immutable' } : {}) }
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: { kind: 'empty' } }
  let bytes = documents.get(name)
  if (bytes === undefined) {
    bytes = encoder.encode(JSON.stringify(make()))
    documents.set(name, bytes)
  }
  return { status: 200, headers, body: { kind: 'bytes', contentType: 'application/json', bytes } }
}

function acceptsJson({ headers }: IncomingRequest): boolean {
  const accept = headers['accept'] ?? ''
  return accept === '' || parseAccept(accept).some(({ type }) => type === 'application/json' || type === '*/*' || type === 'application/*')
}

/** JSON, or the protobuf form where a client accepts nothing else that we have. */
function v2Answer(request: IncomingRequest, state: State, describe: Describe): Answer {
  const make = () => v2Document(state.kinds, describe)
  const wanted = parseAccept(request.headers['accept'] ?? '').map(({ type }) => type)
  if (!wanted.includes(openApiV2ProtobufType) || wanted.includes('application/json')) return documentAnswer(request, state, 'v2', make)
  let bytes = state.documents.get('v2 protobuf')
  if (bytes === undefined) {
    bytes = encodeOpenApiV2(make())
    state.documents.set('v2 protobuf', bytes)
  }
  return {
    status: 200,
    headers: { vary: 'Accept' },
    body: { kind: 'bytes', contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf', bytes },
  }
}

const info = { title: 'Kubernetes', version: kubernetesVersion }

function v2Document(kinds: readonly Kind[], describe: Describe): JsonObject {
  const definitions = { ...openApiV2Definitions(rootsOf(kinds), describe), ...patchDefinition }
  return { swagger: '2.0', info, paths: pathsOf(kinds, 'v2'), definitions }
}

function v3Document({ kinds }: ApiVersion, describe: Describe): JsonObject {
  const schemas = { ...openApiV3Schemas(rootsOf(kinds), describe), ...patchDefinition }
  return { openapi: '3.0.0', info, paths: pathsOf(kinds, 'v3'), components: { schemas } }
}

function rootsOf(kinds: readonly Kind[]): readonly Schema[] {
  return kinds.flatMap((kind) => (kind.isVirtual ? [kind.schema] : [kind.schema, listSchemaOf(kind)]))
}

function listSchemaOf({ schema, apiVersion }: Kind): Schema {
  const { apiVersion: version, kind, metadata: _ } = schema.properties ?? {}
  return {
    type: 'object',
    name: `${schema.name}List`,
    apiVersion,
    required: ['items'],
    properties: {
      ...(version === undefined ? {} : { apiVersion: version }),
      items: array(schema),
      ...(kind === undefined ? {} : { kind }),
      metadata: ListMeta,
    },
  }
}
