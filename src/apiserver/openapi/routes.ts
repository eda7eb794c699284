/**
 * `/openapi/v2` and `/openapi/v3`: documents made from the kinds' schemas when somebody asks for them, and kept as bytes. The hash of a
 * document is that of what it is made of, so that the index does not have to make all of them.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '#base/env/clock'
import type { Kind } from '#meta/kind'
import type { JsonObject } from '#meta/schema/go-type'
import { apiGroupsOf } from '../discovery/api-groups.ts'
import type { Answer, IncomingRequest, KindTable } from '../exchange.ts'
import { parseAccept } from '../request/media-type.ts'
import type { Route } from '../serve/dispatch.ts'
import { kubernetesVersion } from '../serve/version.ts'
import { type DocumentDeps, documentParts, documentV2, documentV3, type Part } from './documents.ts'
import { encodeOpenApiV2, openApiV2ProtobufType } from './v2-protobuf.ts'

type Form = 'json' | 'protobuf'

type State = {
  readonly kinds: readonly Kind[]
  readonly madeAt: string
  readonly parts: ReadonlyMap<string, () => Part>
  readonly hash: string
  /** By name of the document and form. */
  readonly documents: Map<string, Uint8Array>
}

export type OpenApiDeps = DocumentDeps & { readonly kinds: KindTable; readonly clock: Clock }

const encoder = new TextEncoder()
const immutableForMs = 365 * 24 * 3600_000

export function openApiRoute(deps: OpenApiDeps): Route {
  let state: State | undefined
  const current = (): State => {
    const all = deps.kinds.all()
    if (state?.kinds !== all) state = newState(all, deps)
    return state
  }
  return ({ request }) => {
    const { path } = request
    if (path === '/openapi/v2') return v2Answer(request, current(), deps)
    if (path === '/openapi/v3') return indexAnswer(current())
    if (!path.startsWith('/openapi/v3/')) return undefined
    return v3Answer(request, current(), deps, path.slice('/openapi/v3/'.length))
  }
}

function newState(kinds: readonly Kind[], deps: OpenApiDeps): State {
  const names = kinds.map((kind) => `${kind.apiVersion}/${kind.kind}`).join()
  const hash = hashOf(`${kubernetesVersion} ${names}`)
  const madeAt = new Date(deps.clock.nowMs()).toUTCString()
  return { kinds, madeAt, parts: documentParts(apiGroupsOf(kinds), deps), hash, documents: new Map() }
}

function hashOf(text: string): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase()
}

/** As upstream: a file of text, whatever the client accepts. */
function indexAnswer({ parts, hash, madeAt }: State): Answer {
  const paths = Object.fromEntries(
    [...parts.keys()].map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(`${hash} ${name}`)}` }]),
  )
  const headers = { 'accept-ranges': 'bytes', 'last-modified': madeAt }
  const bytes = encoder.encode(JSON.stringify({ paths }))
  return { status: 200, headers, body: { kind: 'bytes', contentType: 'text/plain; charset=utf-8', bytes } }
}

function v3Answer(request: IncomingRequest, state: State, deps: OpenApiDeps, name: string): Answer {
  const part = state.parts.get(name)
  if (part === undefined) return bare(404, {})
  if (!accepts(request, ['application/json'])) return bare(406, { vary: 'Accept' })
  const hash = hashOf(`${state.hash} ${name}`)
  const known = request.query.get('hash')
  const headers = { etag: `"${hash}"`, vary: 'Accept' }
  if (known !== null && known !== '' && known !== hash)
    return bare(301, { ...headers, 'content-type': 'application/json', location: `${request.path}?hash=${hash}` })
  // A document that is asked for by its hash never changes.
  const expires = new Date(deps.clock.nowMs() + immutableForMs).toUTCString().replace('GMT', 'UTC')
  const caching: Headers = known === hash ? { 'cache-control': 'public, immutable', expires } : {}
  const make = () => encoder.encode(JSON.stringify(documentV3(part(), deps)))
  return documentAnswer(request, state, { ...headers, ...caching }, { name, contentType: 'application/json', make })
}

const protobufTypes: readonly string[] = [openApiV2ProtobufType, openApiV2ProtobufType.replace('@', '.')]
const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** JSON, or the protobuf form where a client wants that first. */
function v2Answer(request: IncomingRequest, state: State, deps: OpenApiDeps): Answer {
  const headers = { etag: `"${hashOf(`${state.hash} v2`)}"`, vary: 'Accept-Encoding, Accept' }
  const form = formOf(request)
  if (form === undefined) return bare(406, { vary: 'Accept-Encoding, Accept' })
  const document = (): JsonObject =>
    documentV2(
      [...state.parts.values()].map((part) => part()),
      deps,
    )
  const make = () => (form === 'json' ? encoder.encode(JSON.stringify(document())) : encodeOpenApiV2(document()))
  const contentType = form === 'json' ? 'application/json' : protobufType
  return documentAnswer(request, state, headers, { name: `v2 ${form}`, contentType, make })
}

function formOf(request: IncomingRequest): Form | undefined {
  for (const { type } of parseAccept(request.headers['accept'] || '*/*')) {
    if (protobufTypes.includes(type)) return 'protobuf'
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'json'
  }
  return undefined
}

function accepts({ headers }: IncomingRequest, types: readonly string[]): boolean {
  const ranges = parseAccept(headers['accept'] || '*/*')
  return ranges.some(({ type }) => types.includes(type) || type === '*/*' || type === 'application/*')
}

type Document = { readonly name: string; readonly contentType: string; readonly make: () => Uint8Array }
type Headers = Readonly<Record<string, string>>

function documentAnswer(request: IncomingRequest, state: State, headers: Headers, { name, contentType, make }: Document): Answer {
  if (request.headers['if-none-match'] === headers['etag']) return bare(304, headers)
  let bytes = state.documents.get(name)
  if (bytes === undefined) {
    bytes = make()
    state.documents.set(name, bytes)
  }
  const all = { 'accept-ranges': 'bytes', 'last-modified': state.madeAt, ...headers }
  return { status: 200, headers: all, body: { kind: 'bytes', contentType, bytes } }
}

/** Without a body. */
function bare(status: number, headers: Headers): Answer {
  return { status, headers, body: { kind: 'empty' } }
}
