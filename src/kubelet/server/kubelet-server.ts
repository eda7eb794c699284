/**
 * The kubelet's HTTPS server: the API server asks here for logs, exec, attach and port-forward, monitors for metrics.
 * Every request is authenticated and authorised before anything of it is looked at.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import type { Informer } from '#client/informer'
import type { Pod } from '#kinds/core/types.gen'
import type { CriClient } from '#net/cri/client'
import { refuseUpgrade } from '#net/streams/upgrade'
import type { ProbeCounts } from '../probes/probe-counts.ts'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import type { PodRecord } from '../runtime/records.ts'
import type { UsageReader } from '../stats/usage-reader.ts'
import { Authenticator } from './authentication.ts'
import { Authorizer } from './authorization.ts'
import { containerLogRoutes } from './container-logs.ts'
import { HttpProblem } from './http-problem.ts'
import { nodeLogRoutes } from './node-logs.ts'
import { matchPath, type Route, sendText, type UpgradeRoute } from './route.ts'
import { stateRoutes } from './state-routes.ts'
import { runRoutes, streamingRoutes } from './streaming-routes.ts'

export type KubeletServerDeps = Env & {
  readonly client: Client
  readonly cri: CriClient
  readonly runtime: PodRuntime
  /** The pods of this node. */
  readonly pods: Informer<Pod>
  readonly workers: { uids(): readonly string[]; recordOf(podUid: string): PodRecord | undefined }
  readonly usage: UsageReader
  readonly probeCounts?: ProbeCounts
}
export type KubeletServerOptions = {
  readonly nodeName: string
  readonly server: {
    readonly address: string
    readonly port: number
    readonly certificatePem: string
    readonly privateKeyPem: string
    readonly clientCaPem: string
  }
  /** Shown at `/configz`: the fields of KubeletConfiguration. */
  readonly configuration?: Readonly<Record<string, unknown>>
  /** Where `/logs` reads; upstream's place unless told otherwise. */
  readonly nodeLogDir?: string
}

/** The port is the one bound, where 0 was asked for. */
export type KubeletServer = AsyncDisposable & { readonly port: number }

/** Resolves when it listens. */
export async function startKubeletServer(deps: KubeletServerDeps, options: KubeletServerOptions): Promise<KubeletServer> {
  const { certificatePem, privateKeyPem, clientCaPem, address, port } = options.server
  const gate = new Gate(deps, options)
  const { routes, upgradeRoutes } = routesOf(deps, options)
  const tls = { cert: certificatePem, key: privateKeyPem, minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false } as const
  const server = createServer({ ...tls, ...(clientCaPem === '' ? {} : { ca: clientCaPem }) })
  server.on('request', (request, response) => void answer(deps, gate, routes, request, response))
  server.on('upgrade', (request, socket, head) => void answerUpgrade(deps, gate, upgradeRoutes, { request, socket, head }))
  server.on('tlsClientError', () => {}) // Port scans and impatient clients: nothing to do, nothing to tell.
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (_request, socket) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
  })
  const bound = await listen(server, address, port)
  return {
    port: bound,
    async [Symbol.asyncDispose]() {
      for (const socket of upgraded) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function routesOf(
  deps: KubeletServerDeps,
  options: KubeletServerOptions,
): { readonly routes: readonly Route[]; readonly upgradeRoutes: readonly UpgradeRoute[] } {
  const { clock, cri, log, pods, probeCounts, runtime, usage, workers } = deps
  const { nodeName } = options
  const recordOf = (uid: string) => workers.recordOf(uid)
  const lookup = { pods, recordOf }
  const records = () => workers.uids().flatMap((uid) => recordOf(uid) ?? [])
  const configuration = { kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', ...options.configuration }
  const streaming = { lookup, cri, runtime, clock, log }
  return {
    routes: [
      ...stateRoutes({ nodeName, pods: () => pods.list(), records, usage, probeCounts, configuration }),
      ...containerLogRoutes({ lookup, cri, clock }),
      ...runRoutes(streaming),
      ...nodeLogRoutes(options.nodeLogDir ?? '/var/log'),
    ],
    upgradeRoutes: streamingRoutes(streaming),
  }
}

/** Lets a request in, or throws why not. */
class Gate {
  readonly #authenticator: Authenticator
  readonly #authorizer: Authorizer

  constructor({ client, clock }: KubeletServerDeps, { server, nodeName }: KubeletServerOptions) {
    this.#authenticator = new Authenticator({ client, clock }, server.clientCaPem)
    this.#authorizer = new Authorizer({ client, clock, nodeName })
  }

  async admit(request: IncomingMessage, path: string): Promise<void> {
    const caller = await this.#authenticator.callerOf(request)
    if (caller === undefined) throw new HttpProblem(401, 'Unauthorized')
    const refusal = await this.#authorizer.refusalOf(caller, request.method ?? '', path)
    if (refusal !== undefined) throw new HttpProblem(403, refusal)
  }
}

async function answer(
  { log }: KubeletServerDeps,
  gate: Gate,
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    const url = urlOf(request)
    await gate.admit(request, url.pathname)
    const found = routes
      .flatMap((route) => ({ route, params: matchPath(route.path, url.pathname) }))
      .filter(({ params }) => params !== undefined)
    const chosen = found.find(({ route }) => route.methods.includes(request.method ?? ''))
    if (chosen?.params === undefined) throw unroutable(url, found.length > 0)
    await chosen.route.handle({ request, response, url, params: chosen.params, signal: gone.signal })
  } catch (error) {
    const { status, message } = problemOf(error)
    if (status === 500 && !gone.signal.aborted) log.warn('request failed', { path: request.url, error })
    if (response.headersSent) response.destroy()
    else sendText(response, status, message)
  }
}

function unroutable({ pathname }: URL, hasPath: boolean): HttpProblem {
  if (/^\/(exec|attach|portForward)\//.test(pathname)) return new HttpProblem(400, 'unable to upgrade: missing upgrade headers in request')
  return hasPath ? new HttpProblem(405, '405: Method Not Allowed') : new HttpProblem(404, '404 page not found')
}

type Upgrade = { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

async function answerUpgrade({ log }: KubeletServerDeps, gate: Gate, routes: readonly UpgradeRoute[], upgrade: Upgrade): Promise<void> {
  const { request, socket } = upgrade
  socket.on('error', () => socket.destroy())
  try {
    const url = urlOf(request)
    await gate.admit(request, url.pathname)
    for (const route of routes) {
      const params = matchPath(route.path, url.pathname)
      if (params !== undefined) return await route.handle(upgrade, url, params)
    }
    throw new HttpProblem(404, '404 page not found')
  } catch (error) {
    const { status, message } = problemOf(error)
    if (status === 500) log.warn('stream not set up', { path: request.url, error })
    refuseUpgrade(socket, `${status} ${STATUS_CODES[status] ?? ''}`, message)
  }
}

function urlOf(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '/', 'https://kubelet')
  if (url === null) throw new HttpProblem(400, 'bad request')
  return url
}

function problemOf(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof HttpProblem) return error
  if (error instanceof URIError) return { status: 400, message: 'bad request' }
  return { status: 500, message: error instanceof Error ? error.message : String(error) }
}

function listen(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}
