/** The cluster that a command talks to: made of kubeconfig and global flags when first asked for. */
import { join } from 'node:path'
import { endpointOf, inClusterEndpoint } from '#client/connect'
import type { Endpoint } from '#client/endpoint'
import { HttpTransport } from '#client/http-transport'
import {
  type Cluster as ClusterEntry,
  type ContextOverrides,
  type Kubeconfig,
  type ResolvedContext,
  resolveContext,
  type User,
} from '#client/kubeconfig'
import { kubeconfigPaths, readKubeconfigs } from '#client/kubeconfig-file'
import type { ApiRequest, ApiResponse, WatchFrame } from '#client/transport'
import { upstreamVersion } from '#component/version'
import { parseDurationMs } from '#meta/duration'
import type { Host } from './command.ts'
import { CommandError } from './errors.ts'
import type { GlobalValues } from './global-flags.ts'
import { loadCatalog } from './resources/catalog-cache.ts'
import type { ResourceCatalog } from './resources/resource-catalog.ts'
import { warningsOf } from './warnings.ts'

export type Namespace = { readonly name: string /** Whether a flag named it. */; readonly isExplicit: boolean }

type Connection = { readonly endpoint: Endpoint; readonly transport: HttpTransport; readonly namespace: string }

export class Cluster {
  readonly flags: GlobalValues
  readonly #host: Host
  readonly #shownWarnings = new Set<string>()
  #connection: Promise<Connection> | undefined
  #catalog: Promise<ResourceCatalog> | undefined

  constructor(flags: GlobalValues, host: Host) {
    this.flags = flags
    this.#host = host
  }

  /** The files that hold the configuration, the first one being that which new entries go to. */
  configPaths(): readonly string[] {
    return kubeconfigPaths(this.flags.kubeconfig || undefined, this.#host.environment)
  }

  async config(): Promise<Kubeconfig> {
    return await readKubeconfigs(this.configPaths(), this.flags.kubeconfig !== '')
  }

  async namespace(): Promise<Namespace> {
    if (this.flags.namespace !== '') return { name: this.flags.namespace, isExplicit: true }
    return { name: (await this.#connect()).namespace, isExplicit: false }
  }

  async endpoint(): Promise<Endpoint> {
    return (await this.#connect()).endpoint
  }

  async request(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse> {
    const response = await (await this.#connect()).transport.request(request, signal)
    this.#showWarnings(response)
    return response
  }

  async watch(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<WatchFrame>> {
    return await (await this.#connect()).transport.watch(request, signal)
  }

  /** `--request-timeout`; 0 means for ever. */
  get requestTimeoutMs(): number {
    return requestTimeoutMs(this.flags['request-timeout'])
  }

  async stream(request: ApiRequest, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return await (await this.#connect()).transport.stream(request, signal)
  }

  /** Which resources the server has; from the disk where it was asked not long ago. */
  async catalog(): Promise<ResourceCatalog> {
    this.#catalog ??= this.#loadCatalog(false)
    return await this.#catalog
  }

  /** Asks the server anew. */
  async freshCatalog(): Promise<ResourceCatalog> {
    this.#catalog = this.#loadCatalog(true)
    return await this.#catalog
  }

  async #loadCatalog(isFresh: boolean): Promise<ResourceCatalog> {
    const { endpoint } = await this.#connect()
    const directory = this.flags['cache-dir'] || join(this.#host.environment['HOME'] ?? '/', '.kube', 'cache')
    return await loadCatalog({
      directory,
      server: endpoint.server,
      clock: this.#host.clock,
      isFresh,
      ask: (request) => this.request(request),
    })
  }

  #connect(): Promise<Connection> {
    this.#connection ??= this.#open()
    return this.#connection
  }

  async #open(): Promise<Connection> {
    const { flags } = this
    const host = this.#host
    const config = await this.config()
    const timeoutMs = requestTimeoutMs(flags['request-timeout'])
    const overrides = { context: flags.context || undefined, cluster: flags.cluster || undefined, user: flags.user || undefined }
    const resolved = resolvedOf(config, overrides)
    const hasConfig = config.clusters.length > 0 || flags.server !== ''
    const cluster = { ...resolved.cluster, cluster: { ...resolved.cluster.cluster, ...clusterOverrides(flags) } }
    const user = { ...resolved.user, user: { ...resolved.user.user, ...userOverrides(flags) } }
    const endpoint =
      (hasConfig ? undefined : inClusterEndpoint(host.environment, host.clock)) ?? endpointOf({ ...resolved, cluster, user }, host.clock)
    const transport = new HttpTransport(endpoint, {
      clock: host.clock,
      userAgent: `kubectl/${upstreamVersion} (linux/amd64) navarch`,
      timeoutMs,
    })
    return { endpoint, transport, namespace: resolved.namespace }
  }

  #showWarnings(response: ApiResponse): void {
    for (const text of warningsOf(response.headers['warning'] ?? '')) this.warn(text)
  }

  /** Each text once. */
  warn(text: string): void {
    if (this.#shownWarnings.has(text)) return
    this.#shownWarnings.add(text)
    const label = this.#host.stderr.isTTY ? '\u001b[33;1mWarning:\u001b[0m' : 'Warning:'
    this.#host.stderr.write(`${label} ${text}\n`)
  }

  get warningCount(): number {
    return this.#shownWarnings.size
  }

  /** Ends what is still open, so that the process can end. */
  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    connection?.transport[Symbol.dispose]()
  }
}

/** With upstream's words for a context or a cluster that is not there. */
function resolvedOf(config: Kubeconfig, overrides: ContextOverrides): ResolvedContext {
  const name = overrides.context ?? config.currentContext
  if (name !== '' && config.contexts.every((context) => context.name !== name))
    throw new CommandError(`Error in configuration: context was not found for specified context: ${name}`, { isBare: true })
  if (overrides.cluster !== undefined && config.clusters.every((cluster) => cluster.name !== overrides.cluster))
    throw new CommandError(`no server found for cluster ${JSON.stringify(overrides.cluster)}`)
  return resolveContext(config, overrides)
}

function clusterOverrides(flags: GlobalValues): ClusterEntry {
  return {
    ...(flags.server === '' ? {} : { server: flags.server }),
    ...(flags['tls-server-name'] === '' ? {} : { 'tls-server-name': flags['tls-server-name'] }),
    ...(flags['insecure-skip-tls-verify']
      ? { 'insecure-skip-tls-verify': true, 'certificate-authority': '', 'certificate-authority-data': '' }
      : {}),
    ...(flags['certificate-authority'] === ''
      ? {}
      : { 'certificate-authority': flags['certificate-authority'], 'certificate-authority-data': '' }),
  }
}

function userOverrides(flags: GlobalValues): User {
  return {
    ...(flags.token === '' ? {} : { token: flags.token, tokenFile: '' }),
    ...(flags.username === '' ? {} : { username: flags.username, password: flags.password }),
    ...(flags['client-certificate'] === '' ? {} : { 'client-certificate': flags['client-certificate'], 'client-certificate-data': '' }),
    ...(flags['client-key'] === '' ? {} : { 'client-key': flags['client-key'], 'client-key-data': '' }),
    ...(flags.as === '' ? {} : { as: flags.as }),
    ...(flags['as-uid'] === '' ? {} : { 'as-uid': flags['as-uid'] }),
    ...(flags['as-group'].length === 0 ? {} : { 'as-groups': flags['as-group'] }),
  }
}

/** As upstream: a number without unit counts seconds. */
function requestTimeoutMs(text: string): number {
  if (/^[0-9]+$/.test(text)) return Number(text) * 1000
  const parsed = parseDurationMs(text)
  if (parsed !== undefined) return parsed
  throw new CommandError(
    `Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)`,
  )
}
