/** The paths of discovery. Documents are made at first use and again when the kinds change. */
import { createHash } from 'node:crypto'
import type { Answer, Exchange, IncomingRequest, KindTable } from '../exchange.ts'
import { valueAnswer } from '../registry/answers.ts'
import { parseAccept } from '../request/media-type.ts'
import { negotiate } from '../request/negotiate.ts'
import { type ApiGroup, apiGroupsOf } from './api-groups.ts'
import { aggregatedDocument, apiVersionsDocument, groupDocument, groupListDocument, resourceListDocument } from './discovery.ts'
import { methodNotAllowed, notServed } from './dispatch-resource.ts'
import { present } from './present.ts'

export type DiscoveryDeps = { readonly kinds: KindTable; readonly address: () => string }

type Encoded = { readonly bytes: Uint8Array; readonly etag: string }
type State = { readonly kinds: readonly unknown[]; readonly groups: readonly ApiGroup[]; readonly aggregated: Map<boolean, Encoded> }

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Answers `/api`, `/apis` and what is below them but no resource; undefined for other paths and for groups that are not served. */
export function discoveryRoutes({ kinds, address }: DiscoveryDeps): (exchange: Exchange) => Answer | undefined {
  let state: State | undefined
  const current = (): State => {
    const all = kinds.all()
    if (state?.kinds !== all) state = { kinds: all, groups: apiGroupsOf(all), aggregated: new Map() }
    return state
  }
  return (exchange) => {
    const { request } = exchange
    const [root, first, second, ...rest] = request.path.split('/').filter((part) => part !== '')
    if ((root !== 'api' && root !== 'apis') || rest.length > 0 || request.path.startsWith('//')) return undefined
    const isCore = root === 'api'
    const { groups, aggregated } = current()
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    // As upstream: the group list and a group answer to every method.
    const takesAnyMethod = !isCore && second === undefined
    if (first === undefined && wantsAggregated(request) && (isRead || takesAnyMethod))
      return aggregatedAnswer(request, aggregated, groups, isCore)
    const document =
      first === undefined ? rootDocument(isCore, groups, address) : documentOf(groups, isCore ? ['', first, second] : [first, second])
    if (document === undefined) return undefined
    if (!isRead && !takesAnyMethod) throw methodNotAllowed()
    return present(valueAnswer(document), negotiate(request), exchange)
  }
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

/** Whether the first form that the client accepts and we have is the aggregated one. */
function wantsAggregated(request: IncomingRequest): boolean {
  for (const { type, parameters } of parseAccept(request.headers['accept'] ?? '')) {
    if (type !== 'application/json') continue
    const as = parameters.get('as')
    if (as === undefined) return false
    if (as === 'APIGroupDiscoveryList' && parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('v') === 'v2') return true
  }
  return false
}

function aggregatedAnswer(request: IncomingRequest, made: Map<boolean, Encoded>, groups: readonly ApiGroup[], isCore: boolean): Answer {
  let document = made.get(isCore)
  if (document === undefined) {
    const bytes = new TextEncoder().encode(JSON.stringify(aggregatedDocument(groups, isCore)))
    document = { bytes, etag: `"${createHash('sha512').update(bytes).digest('hex').toUpperCase()}"` }
    made.set(isCore, document)
  }
  // A 304 says the type again: clients copy its headers over those that they keep.
  const headers = { etag: document.etag, vary: 'Accept', 'cache-control': 'public', 'content-type': aggregatedType }
  if (request.headers['if-none-match'] === document.etag) return { status: 304, headers, body: { kind: 'empty' } }
  return { status: 200, headers, body: { kind: 'bytes', contentType: aggregatedType, bytes: document.bytes } }
}
