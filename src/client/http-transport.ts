/**
 * A Transport over the network: HTTP/2 with TLS, or plain HTTP/1.1. Answers outside of 2xx become
 * StatusErrors, missing answers ConnectionErrors; aborting rejects with the signal's reason.
 */
import { type Clock, sleep } from '#base/env/clock'
import { type StatusBody, StatusError, statusErrorOf } from '#meta/status'
import { connectionErrorOf, requestName } from './connection-failure.ts'
import { deadline } from './deadline.ts'
import { type Endpoint, targetOf } from './endpoint.ts'
import { Http1Wire } from './http1-wire.ts'
import { Http2Wire } from './http2-wire.ts'
import { jsonLines } from './json-lines.ts'
import { type ApiRequest, type ApiResponse, ConnectionError, type Transport, type WatchFrame } from './transport.ts'
import type { Wire, WireResponse } from './wire.ts'

export type HttpTransportOptions = {
  readonly clock: Clock
  /** Sent as `User-Agent`; audit logs and managed fields show it. */
  readonly userAgent: string
  /** How long a request that is no watch and no stream may take; 0 means for ever. */
  readonly timeoutMs?: number
}

// As upstream: a server that says when to come back is asked again, ten times at most.
const retryCountMax = 10

export class HttpTransport implements Transport {
  readonly endpoint: Endpoint
  readonly #options: HttpTransportOptions
  readonly #wire: Wire

  constructor(endpoint: Endpoint, options: HttpTransportOptions) {
    this.endpoint = endpoint
    this.#options = options
    this.#wire = endpoint.server.protocol === 'http:' ? new Http1Wire(endpoint) : new Http2Wire(endpoint, options.clock)
  }

  async request(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse> {
    const { clock, timeoutMs = 0 } = this.#options
    if (timeoutMs === 0) return await this.#requestWithRetries(request, signal)
    using limit = deadline(clock, timeoutMs, 'context deadline exceeded', signal)
    try {
      return await this.#requestWithRetries(request, limit.signal)
    } catch (error) {
      if (!limit.signal.aborted || signal?.aborted) throw error
      throw new ConnectionError(`${this.#nameOf(request)}: context deadline exceeded`, { cause: error, failure: 'timeout' })
    }
  }

  async watch(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<WatchFrame>> {
    const response = await this.#open(request, signal)
    const frames = jsonLines(this.#bytesOf(request, response, signal))
    return frames as AsyncIterable<unknown> as AsyncIterable<WatchFrame>
  }

  async stream(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.#open(request, signal)
    return begun(this.#bytesOf(request, response, signal))
  }

  /** Later requests use a new connection, with certificates that are read anew. */
  renew(): void {
    this.#wire.renew()
  }

  /** Ends every request that is under way. */
  [Symbol.dispose](): void {
    this.#wire.close()
  }

  async #requestWithRetries(request: ApiRequest, signal: AbortSignal | undefined): Promise<ApiResponse> {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await this.#open(request, signal)
        const text = await textOf(this.#bytesOf(request, response, signal))
        return { status: response.status, headers: response.headers, body: parsed(text, response) }
      } catch (error) {
        const delayMs = retryDelayMs(error, request, attempt)
        if (delayMs === undefined || signal?.aborted) throw error
        await sleep(this.#options.clock, delayMs, signal)
      }
    }
  }

  /** Resolves with an answer of 2xx. */
  async #open(request: ApiRequest, signal: AbortSignal | undefined): Promise<WireResponse> {
    const response = await this.#send(request, signal)
    if (response.status >= 200 && response.status < 300) return response
    const text = await textOf(this.#bytesOf(request, response, signal))
    throw errorOf(response, text)
  }

  async #send(request: ApiRequest, signal: AbortSignal | undefined): Promise<WireResponse> {
    const { server } = this.endpoint
    const body = request.body === undefined ? undefined : JSON.stringify(request.body)
    const target = targetOf(server, request.path, request.query)
    try {
      const headers = { ...this.#headersOf(request, body), ...(await this.endpoint.headers()) }
      return await this.#wire.send({ method: request.method, target, headers, body }, signal)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw connectionErrorOf(error, server, this.#nameOf(request))
    }
  }

  #headersOf(request: ApiRequest, body: string | undefined): Record<string, string> {
    return {
      accept: request.accept ?? 'application/json',
      'user-agent': this.#options.userAgent,
      ...(body === undefined
        ? {}
        : { 'content-type': request.contentType ?? 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    }
  }

  async *#bytesOf(request: ApiRequest, response: WireResponse, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body
      if (response.wasCut()) throw new Error('unexpected EOF')
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw connectionErrorOf(error, this.endpoint.server, this.#nameOf(request))
    }
  }

  #nameOf(request: ApiRequest): string {
    return requestName(request.method, `${this.endpoint.server.origin}${targetOf(this.endpoint.server, request.path, request.query)}`)
  }
}

/** Reads the first piece at once: an answer that ends before anybody has begun to read it would be lost. */
function begun<T>(pieces: AsyncGenerator<T>): AsyncGenerator<T> {
  const first = pieces.next()
  // Told when it is asked for.
  first.catch(() => undefined)
  async function* all(): AsyncGenerator<T> {
    try {
      const { done, value } = await first
      if (done === true) return
      yield value
      yield* pieces
    } finally {
      await pieces.return(undefined)
    }
  }
  return all()
}

function parsed(text: string, response: WireResponse): unknown {
  if (text === '') return undefined
  return (response.headers['content-type'] ?? '').includes('json') ? JSON.parse(text) : text
}

/** A StatusError from an answer's body, or from its code where the body is no Status. */
export function errorOf(
  response: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  text: string,
): StatusError {
  const status = statusBodyOf(text) ?? { message: response.status === 404 ? missing : text.trim() === '' ? undefined : text.trim() }
  const retryAfterSeconds = Number(response.headers['retry-after'])
  const retry = Number.isFinite(retryAfterSeconds) ? { retryAfterSeconds } : {}
  const error = statusErrorOf({ reason: reasonByCode[response.status], ...status }, response.status)
  return new StatusError(error.code, error.reason, error.message, { ...retry, ...error.details })
}

/** As upstream's client says of a 404 that is no Status. */
const missing = 'the server could not find the requested resource'

const reasonByCode: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

function statusBodyOf(text: string): Partial<StatusBody> | undefined {
  try {
    const body: Partial<StatusBody> | null = JSON.parse(text)
    return body?.kind === 'Status' ? body : undefined
  } catch {
    return undefined
  }
}

/** When to try again; undefined means not at all. */
function retryDelayMs(error: unknown, request: ApiRequest, attempt: number): number | undefined {
  if (attempt >= retryCountMax) return undefined
  if (error instanceof StatusError) {
    const seconds = error.details?.retryAfterSeconds
    return seconds !== undefined && (error.code === 429 || error.code >= 500) ? seconds * 1000 : undefined
  }
  // A kept connection may have died unnoticed: reading again is harmless, and the next one is fresh.
  const wasLost = error instanceof ConnectionError && (error.failure === 'reset' || error.failure === 'lost')
  return wasLost && request.method === 'GET' && attempt === 0 ? 0 : undefined
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}
