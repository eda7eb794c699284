/** One HTTP exchange without any meaning: HTTP/2 for `https:` URLs, HTTP/1.1 for `http:` ones. */
import type { Readable } from 'node:stream'
import type { Headers, RequestHeaders } from './endpoint.ts'

export type WireRequest = {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: RequestHeaders
  readonly body?: string | undefined
}

export type WireResponse = {
  readonly status: number
  readonly headers: Headers
  readonly body: Readable
  /** Whether the connection went away before the body's end; Node ends such a body as if all was well. */
  readonly wasCut: () => boolean
}

export interface Wire {
  /** Resolves when the answer's head is in; aborting later destroys its body. Rejects with what Node reports. */
  send(request: WireRequest, signal?: AbortSignal): Promise<WireResponse>
  /** New requests get a new connection; those under way go on. */
  renew(): void
  close(): void
}

/** Header values as single texts, without HTTP/2's pseudo headers. */
export function headersOf(raw: Readonly<Record<string, string | number | readonly string[] | undefined>>): Headers {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || name.startsWith(':')) continue
    headers[name] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return headers
}
