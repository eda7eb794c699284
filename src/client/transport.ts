/**
 * How a client reaches an API server. Two implementations: HTTP/2 over TLS (`http-transport.ts`), and
 * a loopback into an API server of the same process (`apiserver/loopback.ts`), which shares frozen objects.
 */
export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Without the query: `/api/v1/namespaces/default/pods`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** `application/json` unless told otherwise; patches name their type here. */
  readonly contentType?: string
  readonly accept?: string
}

export type ApiResponse = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
/** One frame of a watch: `object` is frozen where it is shared. */
export type WatchFrame = { readonly type: WatchType; readonly object: unknown }

export interface Transport {
  /** Resolves with any 2xx answer; rejects with a StatusError for every other, with a ConnectionError when there is none. */
  request(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse>
  /** Resolves once the server has accepted the watch; the iteration ends when the server ends it. */
  watch(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<WatchFrame>>
  /** Raw bytes of an answer that is no object: logs, metrics, OpenAPI. */
  stream(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

/** What kept an answer from coming. */
export type ConnectionFailure = 'refused' | 'unknown-host' | 'reset' | 'timeout' | 'certificate' | 'lost'

/** No answer came: refused, reset, timed out, or a certificate that does not fit. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly failure: ConnectionFailure

  constructor(message: string, options: { readonly cause?: unknown; readonly failure?: ConnectionFailure } = {}) {
    super(message, { cause: options.cause })
    this.failure = options.failure ?? 'lost'
  }
}
