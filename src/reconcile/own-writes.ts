/**
 * Why controllers never create a thing twice: a key counts as worked on until the caches show what its
 * reconcile wrote. Every write passes through here, so a controller cannot forget to say what it did.
 */
import type { ApiRequest, ApiResponse, Transport, WatchFrame } from '#client/transport'
import { keyOf } from '#meta/object'
import type { ObjectMeta } from '#meta/types.gen'

export type OwnWrite =
  | { readonly type: 'written'; readonly resource: string; readonly key: string; readonly version: string }
  /** `uid` is absent where the server did not say whom it deleted. */
  | { readonly type: 'deleted'; readonly resource: string; readonly key: string; readonly uid: string | undefined }

/** `apps/v1 replicasets`: how a write names what it wrote to. */
export function resourceKeyOf(kind: { readonly apiVersion: string; readonly plural: string }): string {
  return `${kind.apiVersion} ${kind.plural}`
}

/** A transport that notes each write that the server accepted. */
export class RecordingTransport implements Transport {
  readonly #inner: Transport
  readonly #writes: OwnWrite[] = []

  constructor(inner: Transport) {
    this.#inner = inner
  }

  get writes(): readonly OwnWrite[] {
    return this.#writes
  }

  async request(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse> {
    const response = await this.#inner.request(request, signal)
    if (request.method === 'GET' || request.query?.['dryRun'] !== undefined) return response
    const write = writeOf(request, response.body)
    if (write !== undefined) this.#writes.push(write)
    return response
  }

  async watch(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<WatchFrame>> {
    return await this.#inner.watch(request, signal)
  }

  async stream(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return await this.#inner.stream(request, signal)
  }
}

/** What the answer says happened; undefined for what leaves no trace in a cache, such as a binding or a review. */
function writeOf(request: ApiRequest, body: unknown): OwnWrite | undefined {
  const target = targetOf(request.path)
  if (target === undefined || !isAnswer(body)) return undefined
  const { resource, namespace } = target
  const { resourceVersion, deletionTimestamp, uid } = body.metadata ?? {}
  const name = target.name ?? body.metadata?.name
  if (name === undefined) return undefined
  const key = keyOf({ namespace, name })
  // A deletion that lingers is a write; one that is done answers with a Status, or with the object as it last was.
  if (request.method === 'DELETE' && deletionTimestamp === undefined)
    return { type: 'deleted', resource, key, uid: uid ?? body.details?.uid }
  return resourceVersion === undefined ? undefined : { type: 'written', resource, key, version: resourceVersion }
}

type Answer = { readonly metadata?: ObjectMeta; readonly details?: { readonly uid?: string } }

function isAnswer(body: unknown): body is Answer {
  return typeof body === 'object' && body !== null
}

type Target = { readonly resource: string; readonly namespace: string | undefined; readonly name: string | undefined }

/** `/apis/apps/v1/namespaces/default/replicasets/web` -> apps/v1 replicasets, default, web. */
function targetOf(path: string): Target | undefined {
  const [root, ...rest] = path.split('/').filter((part) => part !== '')
  const apiVersion = root === 'api' ? rest.shift() : root === 'apis' ? rest.splice(0, 2).join('/') : undefined
  // `namespaces` is a resource of its own unless something of that namespace follows.
  const namespace =
    rest[0] === 'namespaces' && rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '') ? rest.splice(0, 2)[1] : undefined
  const [plural, name] = rest
  return apiVersion === undefined || plural === undefined ? undefined : { resource: resourceKeyOf({ apiVersion, plural }), namespace, name }
}

const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize'])
