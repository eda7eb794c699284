/** The paths of discovery. Documents are made at first use and again when the kinds change. */
import { createHash } from 'node:crypto'
import { formatYaml } from '#base/encoding/yaml'
import type { ObjectCodec } from '#meta/protobuf/object-codec'
import { notAcceptable } from '#meta/status'
import type { Answer, Exchange, IncomingRequest, KindTable } from '../exchange.ts'
import { valueAnswer } from '../registry/answers.ts'
import { negotiate, type OutputForm, servedTypes, unrefusedForm } from '../request/negotiate.ts'
import { APIGroupDiscoveryList } from '../serve/answer-schemas.ts'
import { methodNotAllowed, notServed } from '../serve/dispatch-resource.ts'
import { present } from '../serve/present.ts'
import { aggregatedFormatOf, aggregatedTypeOf, type DiscoveryFormat } from './aggregated-discovery.ts'
import { type ApiGroup, apiGroupsOf } from './api-groups.ts'
import { aggregatedDocument, apiVersionsDocument, groupDocument, groupListDocument, resourceListDocument } from './discovery.ts'

export type DiscoveryDeps = { readonly kinds: KindTable; readonly address: () => string; readonly codec: ObjectCodec }

/** The aggregated document of `/api` or `/apis`, and the forms of it that were asked for. */
type Aggregated = { readonly document: object; readonly etag: string; readonly bytes: Map<DiscoveryFormat, Uint8Array> }
type State = { readonly kinds: readonly unknown[]; readonly groups: readonly ApiGroup[]; readonly aggregated: Map<boolean, Aggregated> }

/** Answers `/api`, `/apis` and what is below them but no resource; undefined for other paths and for groups that are not served. */
export function discoveryRoutes({ kinds, address, codec }: DiscoveryDeps): (exchange: Exchange) => Answer | undefined {
  let state: State | undefined
  const current = (): State => {
    const all = kinds.all()
    if (state?.kinds !== all) state = { kinds: all, groups: apiGroupsOf(all), aggregated: new Map() }
    return state
  }
  return (exchange) => {
    const { request } = exchange
    const [root, first, second, ...rest] = request.path.split('/').filter((part) => part !== '')
    if ((root !== 'api' && root !== 'apis') || rest.length > 0 || request.path.includes('//')) return undefined
    const isCore = root === 'api'
    const { groups, aggregated } = current()
    // As upstream: the group list and a group answer to every method.
    const takesAnyMethod = !isCore && second === undefined
    const isAggregating = isCore ? request.method === 'GET' : request.path === '/apis'
    const format = first === undefined && isAggregating ? aggregatedFormatOf(request) : undefined
    if (format !== undefined) return aggregatedAnswer(request, aggregatedOf(aggregated, groups, isCore), format, codec)
    const document =
      first === undefined ? rootDocument(isCore, groups, address) : documentOf(groups, isCore ? ['', first, second] : [first, second])
    if (document === undefined) return undefined
    if (request.method !== 'GET' && !takesAnyMethod) throw methodNotAllowed()
    return present(valueAnswer(document), takesAnyMethod ? negotiateShortly(request) : negotiate(request), exchange)
  }
}

/** As upstream: the documents that the aggregator makes are refused in the words of objects. */
function negotiateShortly(request: IncomingRequest): OutputForm {
  const form = unrefusedForm(request)
  if (form === undefined) throw notAcceptable(`only the following media types are accepted: ${servedTypes}`)
  return form
}

function rootDocument(isCore: boolean, groups: readonly ApiGroup[], address: () => string): unknown {
  return isCore ? apiVersionsDocument(address()) : groupListDocument(groups)
}

/** The document of a group or of one version; undefined if there is no such group. Throws 404 for a version that it does not have. */
function documentOf(groups: readonly ApiGroup[], [name, version, more]: readonly (string | undefined)[]): unknown {
  const group = groups.find((one) => one.name === name)
  if (group === undefined || more !== undefined) return undefined
  if (version === undefined) return groupDocument(group)
  const served = group.versions.find((one) => one.version === version)
  if (served === undefined) throw notServed()
  return resourceListDocument(served)
}

function aggregatedOf(made: Map<boolean, Aggregated>, groups: readonly ApiGroup[], isCore: boolean): Aggregated {
  let aggregated = made.get(isCore)
  if (aggregated === undefined) {
    const document = aggregatedDocument(groups, isCore)
    const json = encoder.encode(JSON.stringify(document))
    const etag = `"${createHash('sha512').update(json).digest('hex').toUpperCase()}"`
    aggregated = { document, etag, bytes: new Map([['json', json]]) }
    made.set(isCore, aggregated)
  }
  return aggregated
}

const encoder = new TextEncoder()

function aggregatedAnswer(
  request: IncomingRequest,
  { document, etag, bytes: made }: Aggregated,
  format: DiscoveryFormat,
  codec: ObjectCodec,
): Answer {
  const contentType = aggregatedTypeOf(format)
  // A 304 says the type again: clients copy its headers over those that they keep.
  const headers = { etag, vary: 'Accept', 'cache-control': 'public', 'content-type': contentType }
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: { kind: 'empty' } }
  let bytes = made.get(format)
  if (bytes === undefined) {
    bytes = format === 'protobuf' ? codec.encode(APIGroupDiscoveryList, document) : encoder.encode(formatYaml(document))
    made.set(format, bytes)
  }
  return { status: 200, headers, body: { kind: 'bytes', contentType, bytes } }
}
