/**
 * The API server as a value: `createApiServer` puts the parts together, opens the caches and makes the bootstrap objects;
 * `listen` serves it over HTTPS, `loopback` in the same process.
 */
import { isIPv6 } from 'node:net'
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Random } from '#base/env/random'
import { Client } from '#client/client'
import type { Transport } from '#client/transport'
import { TokenRequest } from '#kinds/authentication/schema.gen'
import { Scale } from '#kinds/autoscaling/schema.v1.gen'
import { Binding } from '#kinds/core/schema.gen'
import { Service } from '#kinds/core/service.kind'
import { Eviction } from '#kinds/policy/schema.gen'
import { protobufMessages } from '#kinds/protobuf.gen'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import type { Schema } from '#meta/schema/schema'
import { DeleteOptions } from '#meta/schema.gen'
import { decodeObject } from '#meta/wire'
import type { Store } from '#store/store'
import { chosenPlugins } from './admission/all-plugins.ts'
import type { AdmissionPlugin } from './admission/plugin.ts'
import { keepAvailability } from './aggregate/keep-availability.ts'
import { refuseUnavailable } from './aggregate/refuse-unavailable.ts'
import { changeFeedOf } from './authz/change-feed.ts'
import { ensureApiServices, type ServedVersion } from './bootstrap/api-services.ts'
import { ensureBootstrapObjects } from './bootstrap/ensure-bootstrap-objects.ts'
import { keepBootstrapObjects } from './bootstrap/keep-bootstrap-objects.ts'
import { chainOf, compose, type Handler } from './chain.ts'
import { apiGroupsOf } from './discovery/api-groups.ts'
import { discoveryRoutes } from './discovery/discovery-routes.ts'
import { type EndpointOptions, endpointOf } from './endpoints/endpoint-of.ts'
import { noEndpoint } from './endpoints/keep-endpoints.ts'
import type { KindTable, UserInfo } from './exchange.ts'
import { markDanglingSchemas } from './flow/dangling-schemas.ts'
import { FlowIndex, type FlowOf } from './flow/flow-index.ts'
import { defaultInFlightLimits, type InFlightLimits } from './flow/limit-in-flight.ts'
import { healthIndicators } from './health/health-indicators.ts'
import { serverHealth } from './health/server-health.ts'
import { type IdentityOptions, keepIdentity } from './identity/identity-lease.ts'
import { loopbackTransport } from './loopback.ts'
import { measuredAuthenticator, measuredAuthorizer } from './metrics/access-metrics.ts'
import { createMetrics } from './metrics/metrics.ts'
import { openApiRoute } from './openapi/routes.ts'
import { descriptions } from './openapi/texts.ts'
import { StaticKindTable } from './registry/kind-table.ts'
import { Registry } from './registry/registry.ts'
import { admissionChain } from './registry/run-admission.ts'
import { resourceHandlers } from './resource-handlers.ts'
import { createSecurity, type LabelSecret, type Security, type SecurityOptions } from './security.ts'
import { flagsRoute, statusRoute } from './serve/component-pages.ts'
import { debugRoute } from './serve/debug-routes.ts'
import { deprecationNotes } from './serve/deprecations.ts'
import { dispatcher } from './serve/dispatch.ts'
import { resourceDispatcher } from './serve/dispatch-resource.ts'
import { documentRoute, healthRoute, indexRoute, metricsRoute, versionRoute } from './serve/fixed-routes.ts'
import { storeRoutes } from './serve/store-routes.ts'
import { versionInfo } from './serve/version.ts'
import { HttpServer } from './server.ts'
import { portRecord, portRecordKey } from './services/port-record.ts'
import { repairServices } from './services/repair-services.ts'
import { ServiceAllocation } from './services/service-allocation.ts'
import type { WriteHook } from './services/write-hook.ts'
import { builtinFormat } from './storage/builtin-format.ts'
import { startCompaction } from './storage/compaction.ts'
import { openStorages, type StorageOptions, type Storages } from './storage/storage.ts'
import { registerStorageMetrics } from './storage/storage-metrics.ts'
import { type StorageMediaType, storedKindOf } from './storage/value-format.ts'
import type { KubeletAccess } from './subresources/kubelet-connection.ts'
import { namespaceDeletion } from './subresources/namespace-deletion.ts'
import { labelledSecret } from './tokens/label-secret.ts'
import { openIdDocuments } from './tokens/openid.ts'

export type ApiServerDeps = { readonly clock: Clock; readonly random: Random; readonly log: Log; readonly store: Store }

export type ApiServerOptions = SecurityOptions & {
  readonly kinds: readonly Kind[]
  /** Kinds that are not served and yet may be named by a client or lie in a store; only those that are served unless told otherwise. */
  readonly unservedKinds?: readonly Kind[]
  /** PEM of the serving certificate and its key; without them there is no `listen`. */
  readonly serving?: { readonly cert: string; readonly key: string }
  /** Others write to the store too: reads have to ask it how far it is. */
  readonly storeIsShared?: boolean
  /** Stores of single resources, by GROUP/RESOURCE. */
  readonly storeOverrides?: ReadonlyMap<string, Store>
  /** How objects are written to the stores; JSON unless told otherwise. */
  readonly storageMediaType?: StorageMediaType
  /** How long a store may take to answer a health check. */
  readonly healthTimeoutMs?: number
  readonly readyTimeoutMs?: number
  /** For how long a store's lease is given to further objects. */
  readonly leaseReuseMs?: number
  /** Where clients inside of the cluster reach this server. */
  readonly advertiseAddress: string
  /** How the servers of a cluster stand behind the service `kubernetes`; `lease` unless told otherwise. */
  readonly endpoints?: EndpointOptions
  /** The host by whose name the other servers know this one; without it, they do not. */
  readonly identity?: Pick<IdentityOptions, 'hostname'>
  readonly serviceClusterIpRanges: readonly string[]
  readonly serviceNodePorts: { readonly from: number; readonly to: number }
  readonly kubelet?: KubeletAccess
  readonly limits?: InFlightLimits
  readonly requestTimeoutMs?: number
  /** How often old revisions are forgotten; 0 is never. */
  readonly compactionIntervalMs?: number
  /** How long requests under way may go on after `close`. */
  readonly shutdownGraceMs?: number
  readonly platform?: string
  /** Whether objects are taken and given in CBOR too. */
  readonly servesCbor?: boolean
  /** What `/flagz` shows, by name. */
  readonly flags?: Readonly<Record<string, string>>
}

export interface ApiServer extends AsyncDisposable {
  /** Starts serving HTTPS; resolves with the port. The bootstrap objects are made then. */
  listen(port: number, host: string): Promise<number>
  /** The server as a transport of this process, for a caller that needs no credentials; `userAgent` names the program. */
  loopback(user: UserInfo, userAgent?: string): Transport
  /** Resolves when the bootstrap objects are there: `/readyz` answers ok from then on. */
  readonly ready: Promise<void>
  /** `/readyz` fails from now on; all else goes on until `close`. */
  startShutdown(): void
  close(): Promise<void>
}

/** The server itself: what it writes at its start, it writes as this user. */
export const apiServerUser: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }

const ownUserAgent = 'kube-apiserver'

const bookmarkPeriodMs = 60_000
const replayedRevisions = 10_000
const defaultCompactionIntervalMs = 5 * 60_000

export async function createApiServer(deps: ApiServerDeps, options: ApiServerOptions): Promise<ApiServer> {
  const { clock, random, log } = deps
  const kinds = new StaticKindTable(options.kinds, options.unservedKinds)
  const storages = await openStorages({ ...deps, overrides: options.storeOverrides ?? new Map() }, storageOptionsOf(options, kinds))
  const changes = changeFeedOf(storages, log)
  const allocation = new ServiceAllocation(changes, {
    clusterIpRanges: options.serviceClusterIpRanges,
    nodePorts: options.serviceNodePorts,
    random,
    record: sharedPortRecord(storages, options),
  })
  const situation: Situation = { port: 0, phase: 'starting' }
  // Plugins ask the registry, whose writes ask the plugins.
  let plugins: readonly AdmissionPlugin[] = []
  const admission = admissionChain(
    () => plugins,
    () => ({ state: registry, client, clock, random }),
  )
  const registry: Registry = new Registry({
    storages,
    kinds,
    admission,
    authorizer: { name: 'all', decide: (question, signal) => security.authorizer.decide(question, signal) },
    clock,
    random,
    log,
    deletionRules: [namespaceDeletion],
    writeHooks: [allocation as unknown as WriteHook<KubeObject>],
  })
  // Tokens come in long after the client below is there.
  const labelSecret: LabelSecret = (secret, labels) => void labelledSecret(client, log, secret, labels)
  const security: Security = createSecurity({ state: registry, changes, clock, labelSecret }, options)
  plugins = chosenPlugins({ clock, kinds: registry.kinds, authorizer: security.authorizer, rbac: security.rbac }, options.admission)
  const flows = new FlowIndex()
  const following = new DisposableStack()
  following.use(flows.follow(changes))
  const handler = handlerOf(deps, options, { registry, security, situation, flowOf: flows.flowOf })
  const client: Client = new Client(loopbackTransport(handler, clock, { user: apiServerUser, userAgent: ownUserAgent }))
  following.use(markDanglingSchemas({ clock, log, client, state: registry, changes }))
  following.use(keepAvailability({ clock, log, client, state: registry, changes }))
  following.use(
    repairServices(
      { clock, log, client, state: registry, changes },
      { ports: options.serviceNodePorts, hostname: options.identity?.hostname ?? options.advertiseAddress },
    ),
  )
  return assembled({ deps, options, storages, security, allocation, following, handler, client, situation })
}

function storageOptionsOf(options: ApiServerOptions, kinds: KindTable): StorageOptions {
  const { storeIsShared = false, storageMediaType = 'application/json', leaseReuseMs = 60_000 } = options
  return {
    format: builtinFormat(kinds, storageMediaType),
    isShared: storeIsShared,
    replayedRevisions,
    prefixes: options.kinds.filter(({ isVirtual }) => !isVirtual).map((kind) => storedKindOf(kind).storePrefix),
    leaseReuseMs,
  }
}

/** Where servers on one store agree about the addresses and ports of services. */
function sharedPortRecord(storages: Storages, { serviceNodePorts, storageMediaType = 'application/json' }: ApiServerOptions) {
  const { feed } = storages.of(Service)
  if (!feed.isShared) return undefined
  return {
    key: portRecordKey,
    revision: () => feed.cacheOfKey(portRecordKey).get(portRecordKey)?.revision ?? 0,
    encode: (ports: Iterable<number>) => portRecord(serviceNodePorts, ports, storageMediaType),
  }
}

type Situation = { port: number; phase: 'starting' | 'ready' | 'stopping' }

type HandlerParts = {
  readonly registry: Registry
  readonly security: Security
  readonly situation: Situation
  readonly flowOf: FlowOf
}

function handlerOf(
  { clock, log }: ApiServerDeps,
  options: ApiServerOptions,
  { registry, security, situation, flowOf }: HandlerParts,
): Handler {
  const metrics = createMetrics({ clock, kinds: registry.kinds })
  registerStorageMetrics(metrics.registry, registry.storages, () => registry.kinds.all())
  const describe = descriptions()
  const address = () => `${options.advertiseAddress}:${situation.port}`
  const documents = openIdOf(options, security, address)
  const handlers = resourceHandlers({ registry, security, serviceAccounts: options.serviceAccounts, kubelet: options.kubelet })
  const codec = createObjectCodec({ messages: protobufMessages })
  const version = versionInfo(options.platform ?? 'linux/amd64')
  const checks = serverHealth({ clock, log, storages: registry.storages, phase: () => situation.phase, ...healthTimeoutsOf(options) })
  const indicators = healthIndicators()
  const groups = () => apiGroupsOf(registry.kinds.all())
  const schemaOf = (apiVersion: string, kind: string) => bodySchemaOf(registry.kinds, apiVersion, kind)
  const dispatch = dispatcher({
    resources: resourceDispatcher({ registry, clock, describe, handlers, noteDeprecation: deprecationNotes(metrics.registry) }),
    routes: [
      healthRoute(checks, indicators),
      indicators.route,
      discoveryRoutes({ kinds: registry.kinds, address, codec }),
      versionRoute(version),
      statusRoute({ clock, version, paths: statusPaths }),
      flagsRoute(options.flags ?? {}),
      debugRoute,
      metricsRoute(metrics),
      storeRoutes({
        store: registry.storages.main.store,
        clock,
        decode: (value) => decodeObject(registry.storages.main.format.toJson(value)),
      }),
      openApiRoute({ kinds: registry.kinds, clock, describe, schemaOf }),
      ...documents.map(documentRoute),
      indexRoute({ groups, checks, others: [...otherPaths, ...documents.map(({ path }) => path)] }),
    ],
  })
  const steps = chainOf({
    clock,
    log,
    metrics,
    authenticators: [measuredAuthenticator(security.authenticators, clock, metrics.registry)],
    authorizer: measuredAuthorizer(security.authorizer, clock, metrics.registry),
    flowOf,
    limits: options.limits ?? defaultInFlightLimits,
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    protobuf: {
      codec,
      kinds: registry.kinds,
      schemaOf,
    },
    cbor: options.servesCbor === true ? { schemaOf } : undefined,
  })
  const versions = new Set(servedVersions(options).map(({ group, version }) => `${group}/${version}`))
  const serves = (group: string, version: string) => versions.has(`${group}/${version}`)
  return compose(steps, refuseUnavailable(registry, serves, dispatch))
}

function servedVersions({ kinds }: ApiServerOptions): readonly ServedVersion[] {
  return apiGroupsOf(kinds).flatMap(({ versions }) => versions)
}

/** What `/statusz` names. */
const statusPaths = ['/flagz', '/healthz', '/livez', '/metrics', '/readyz', '/statusz', '/version']
/** Beside the API, health checks and OpenID. */
const otherPaths = ['/flagz', '/metrics', '/metrics/slis', '/openapi/v2', '/openapi/v3', '/openapi/v3/', '/statusz', '/version']

function healthTimeoutsOf({ healthTimeoutMs = 2000, readyTimeoutMs = 2000 }: ApiServerOptions) {
  return { healthTimeoutMs, readyTimeoutMs }
}

/** What bodies may be besides the objects of a kind. */
const furtherBodies: Readonly<Record<string, Schema>> = { Binding, DeleteOptions, Eviction, Scale, TokenRequest }

function bodySchemaOf(kinds: KindTable, apiVersion: string, kind: string): Schema | undefined {
  return kinds.byKind(apiVersion, kind)?.schema ?? (Object.hasOwn(furtherBodies, kind) ? furtherBodies[kind] : undefined)
}

function openIdOf({ serviceAccounts }: ApiServerOptions, { verificationKeys }: Security, address: () => string) {
  const issuer = serviceAccounts?.issuers[0]
  if (issuer === undefined || verificationKeys.length === 0) return []
  return openIdDocuments({ issuer, jwksUri: () => `https://${address()}/openid/v1/jwks`, keys: verificationKeys })
}

type Parts = {
  readonly deps: ApiServerDeps
  readonly options: ApiServerOptions
  readonly storages: Storages
  readonly security: Security
  readonly allocation: ServiceAllocation
  readonly following: Disposable
  readonly handler: Handler
  readonly client: Client
  readonly situation: Situation
}

function assembled({ deps, options, storages, security, allocation, following, handler, client, situation }: Parts): ApiServer {
  const { clock, log } = deps
  const { serving, clientCa } = options
  const http =
    serving === undefined
      ? undefined
      : new HttpServer({ clock, log, handler }, { ...serving, ...(clientCa === undefined ? {} : { clientCa }) })
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>()
  let bookmarks = clock.setTimer(bookmarkPeriodMs, sendBookmarks)
  let endpoint = noEndpoint
  const stopKeeping = new AbortController()
  let keepingIdentity: Promise<void> = Promise.resolve()
  let keepingObjects: Promise<void> = Promise.resolve()

  function sendBookmarks(): void {
    for (const { feed } of storages.all()) feed.sendProgress()
    bookmarks = clock.setTimer(bookmarkPeriodMs, sendBookmarks)
  }

  async function bootstrap(): Promise<void> {
    const own = { address: options.advertiseAddress, port: situation.port }
    endpoint = endpointOf({ clock, log, client, storage: storages.main }, options, own)
    const bootstrapping = {
      clock,
      kubernetesService: { serviceIp: allocation.kubernetesServiceIp, securePort: situation.port },
      serviceCidrs: options.serviceClusterIpRanges,
      clientCaPem: clientCa,
      frontProxy: options.frontProxy,
      hasPolicy: security.rbac !== undefined,
    }
    await ensureBootstrapObjects(client, bootstrapping)
    await ensureApiServices(client, servedVersions(options))
    await endpoint.beforeReady()
    if (situation.phase === 'starting') situation.phase = 'ready'
    becomeReady()
    keepingObjects = keepBootstrapObjects({ ...deps, client }, bootstrapping, stopKeeping.signal)
    await endpoint.whenReady()
    if (options.identity !== undefined) {
      const peerAddress = isIPv6(own.address) ? `[${own.address}]:${own.port}` : `${own.address}:${own.port}`
      keepingIdentity = keepIdentity({ ...deps, client }, { ...options.identity, peerAddress }, stopKeeping.signal)
    }
  }

  const compactionIntervalMs = options.compactionIntervalMs ?? defaultCompactionIntervalMs
  const compactions = storages
    .all()
    .map(({ store, feed: { isShared } }) => startCompaction({ store, isShared, clock, log }, compactionIntervalMs))
  let closing: Promise<void> | undefined
  const close = () => (closing ??= closeAll())

  /** Whoever looks for a server in the endpoints is to find another one before this one refuses it. */
  function startShutdown(): void {
    situation.phase = 'stopping'
    stopKeeping.abort()
    void endpoint.stop()
  }

  async function closeAll(): Promise<void> {
    startShutdown()
    await Promise.all([http?.close(options.shutdownGraceMs ?? 5000), endpoint.stop(), keepingIdentity, keepingObjects])
    bookmarks[Symbol.dispose]()
    for (const compaction of compactions) compaction[Symbol.dispose]()
    allocation[Symbol.dispose]()
    following[Symbol.dispose]()
    security[Symbol.dispose]()
    await Promise.all(storages.all().map(({ feed }) => feed.close()))
  }

  return {
    ready,
    async listen(port, host) {
      if (http === undefined) throw new Error('the API server has no serving certificate')
      situation.port = await http.listen(port, host)
      await bootstrap()
      return situation.port
    },
    loopback: (user, userAgent = ownUserAgent) => loopbackTransport(handler, clock, { user, userAgent }),
    startShutdown,
    close,
    [Symbol.asyncDispose]: close,
  }
}
