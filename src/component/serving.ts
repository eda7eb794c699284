/** A daemon's own endpoint: health for everyone, metrics and configuration for those who may see them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Registry } from 'prom-client'
import type { Log } from '#base/env/log'

/** Undefined means well; a text says what is wrong. */
export type HealthCheck = { readonly name: string; readonly check: () => string | undefined | Promise<string | undefined> }

export type ServingOptions = {
  readonly address: string
  /** 0 turns serving off, as upstream. */
  readonly port: number
  /** Plain HTTP without it. */
  readonly tls?: { readonly certificatePem: string; readonly privateKeyPem: string }
  readonly healthChecks?: readonly HealthCheck[]
  readonly readyChecks?: readonly HealthCheck[]
  readonly metrics?: Registry
  /** Shown at `/configz`. */
  readonly configuration?: unknown
  /** Who may read metrics and configuration; nobody without it. */
  readonly isAllowed?: (request: { readonly path: string; readonly bearerToken: string | undefined }) => Promise<boolean>
  readonly log: Log
}

export type Serving = AsyncDisposable & { readonly port: number }

export async function serve(options: ServingOptions): Promise<Serving> {
  if (options.port === 0) return { port: 0, [Symbol.asyncDispose]: async () => {} }
  const { tls, log } = options
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(options, request, response).catch((error: unknown) => {
      log.error('request failed', { path: request.url, error })
      send(response, 500, 'internal error\n')
    })
  }
  const server = tls === undefined ? createServer(handle) : createSecureServer({ cert: tls.certificatePem, key: tls.privateKeyPem }, handle)
  const port = await listening(server, options)
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listening(server: Server, { address, port }: ServingOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.removeListener('error', reject)
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}

async function answer(options: ServingOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://daemon')
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'method not allowed\n')
  switch (url.pathname) {
    case '/healthz':
    case '/livez':
      return await answerHealth(options.healthChecks ?? [], url, response)
    case '/readyz':
      return await answerHealth([...(options.healthChecks ?? []), ...(options.readyChecks ?? [])], url, response)
    case '/metrics':
    case '/configz':
      return await answerGuarded(options, url.pathname, request, response)
    default:
      return send(response, 404, '404 page not found\n')
  }
}

/** As upstream: `ok`, or with `?verbose` and on failure a line for each check. */
async function answerHealth(checks: readonly HealthCheck[], url: URL, response: ServerResponse): Promise<void> {
  const results = await Promise.all(checks.map(async ({ name, check }) => ({ name, problem: await check() })))
  const isWell = results.every(({ problem }) => problem === undefined)
  if (isWell && !url.searchParams.has('verbose')) return send(response, 200, 'ok')
  const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok` : `[-]${name} failed: reason withheld`))
  const path = url.pathname.slice(1)
  send(response, isWell ? 200 : 500, `${lines.join('\n')}\n${path} check ${isWell ? 'passed' : 'failed'}\n`)
}

async function answerGuarded(options: ServingOptions, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bearerToken = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const isAllowed = (await options.isAllowed?.({ path, bearerToken })) ?? false
  if (!isAllowed) return bearerToken === undefined ? send(response, 401, 'Unauthorized') : send(response, 403, 'Forbidden')
  if (path === '/configz') return send(response, 200, JSON.stringify(options.configuration ?? {}), 'application/json')
  send(response, 200, (await options.metrics?.metrics()) ?? '', 'text/plain; version=0.0.4; charset=utf-8')
}

function send(response: ServerResponse, status: number, text: string, contentType = 'text/plain; charset=utf-8'): void {
  if (response.headersSent) return void response.end()
  response.writeHead(status, {
    'content-type': contentType,
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
