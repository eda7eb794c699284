/** What the kubelet's server offers: a path with named parts, and what answers it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UpgradeRequest } from '#net/streams/websocket-upgrade'

export type Params = Readonly<Record<string, string>>
export type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly params: Params
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
}
export type Route = {
  readonly methods: readonly string[]
  /** `:name` stands for one part, a last `*` for all that follows. */
  readonly path: string
  readonly handle: (exchange: Exchange) => Promise<void>
}
export type UpgradeRoute = {
  readonly path: string
  readonly handle: (upgrade: UpgradeRequest, url: URL, params: Params) => Promise<void>
}

/** The parts of `path` by name; undefined where it does not fit the pattern. */
export function matchPath(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    if (part === '*') return { ...params, rest: given.slice(index).join('/') }
    const value = given[index]
    if (value === undefined) return undefined
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return given.length === wanted.length ? params : undefined
}

export function sendText(response: ServerResponse, status: number, text: string, contentType = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

export function sendJson(response: ServerResponse, body: unknown): void {
  sendText(response, 200, JSON.stringify(body), 'application/json')
}
