/** kube-proxy of one node: follows services and endpoints and keeps the kernel's rules like them. */
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Env } from '#base/env/env'
import type { Informers } from '#client/informers'
import { Node } from '#kinds/core/node.kind'
import { Service } from '#kinds/core/service.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { NftablesBackend, removeTables } from './backends/nftables/nftables-backend.ts'
import { watchTable } from './backends/nftables/table-watch.ts'
import { type LocalTraffic, trafficOptions } from './backends/nftables/traffic-options.ts'
import type { ProxyMetrics } from './proxy-metrics.ts'
import { ServiceTracker } from './service-tracker.ts'
import { SyncLoop } from './sync-loop.ts'

export type ProxyDeps = { readonly env: Env; readonly informers: Informers; readonly metrics?: ProxyMetrics }

export type ProxyOptions = {
  readonly nodeName: string
  /** The nft table, in the families `ip` and `ip6`; `navarch-proxy` unless told otherwise. */
  readonly tableName?: string
  /** The pods' ranges, separated by commas; '' where they are not known, and then nothing is masqueraded for coming from outside. */
  readonly clusterCidr: string
  /** Where node ports are open: addresses or ranges of the node's own. */
  readonly nodeAddresses: readonly string[]
  /** The bridge that pods of this node hang on, where they do. */
  readonly podBridge?: string
  /** How pods' traffic is known; by `clusterCidr` unless told otherwise. */
  readonly localTraffic?: LocalTraffic
  readonly masqueradeAll?: boolean
  readonly minSyncPeriodMs?: number
}

export type Proxy = {
  /** Runs until the signal is aborted. The rules stay, so that services go on while the proxy is restarted. */
  run(signal: AbortSignal): Promise<void>
  /** Takes the rules away. */
  cleanup(): Promise<void>
  /** What is wrong; undefined while rules are in step with the services. */
  problem(): string | undefined
}

const defaultTableName = 'navarch-proxy'

/** As upstream's: a proxy that has been behind for this long is not healthy. */
const behindMsMax = 60_000

export function createProxy(deps: ProxyDeps, options: ProxyOptions): Proxy {
  const { env } = deps
  const tableName = options.tableName ?? defaultTableName
  let loop: SyncLoop | undefined
  return {
    run: async (signal) => {
      const backend = new NftablesBackend(env.log, await backendOptions(options, tableName))
      await runProxy(deps, options, { backend, started: (one) => (loop = one) }, signal)
    },
    cleanup: async () => await removeTables(tableName),
    problem: () => problemOf(loop),
  }
}

/** For a caller without a cluster at hand, such as one that takes it down. */
export async function removeProxyRules(tableName: string = defaultTableName): Promise<void> {
  await removeTables(tableName)
}

function problemOf(loop: SyncLoop | undefined): string | undefined {
  if (loop?.lastSuccessMs === undefined) return 'no rules have been written yet'
  return loop.behindMs > behindMsMax ? `the rules have been behind the services for ${Math.floor(loop.behindMs / 1000)} s` : undefined
}

type Parts = { readonly backend: NftablesBackend; readonly started: (loop: SyncLoop) => void }

async function runProxy(
  { env, informers, metrics }: ProxyDeps,
  options: ProxyOptions,
  { backend, started }: Parts,
  signal: AbortSignal,
): Promise<void> {
  const services = informers.of(Service)
  const slices = informers.of(EndpointSlice)
  const nodes = informers.of(Node, { fieldSelector: `metadata.name=${options.nodeName}` })
  await Promise.all([services.synced(signal), slices.synced(signal)])
  const loop: SyncLoop = new SyncLoop({
    clock: env.clock,
    log: env.log,
    minSyncPeriodMs: options.minSyncPeriodMs ?? 1000,
    sync: async () => {
      const rules = tracker.rules()
      await (metrics === undefined ? backend.apply(rules) : metrics.observe(() => backend.apply(rules)))
    },
  })
  using tracker = new ServiceTracker({
    services,
    slices,
    nodes,
    nodeName: options.nodeName,
    onChange: (source) => {
      metrics?.changed(source)
      loop.request()
    },
  })
  started(loop)
  const { tableName = defaultTableName } = options
  env.log.info('proxying services', { node: options.nodeName, table: tableName })
  const onLost = () => {
    env.log.warn('the nft table is gone: writing it again', { table: tableName })
    backend.forget()
    loop.request()
  }
  await Promise.all([loop.run(signal), watchTable({ log: env.log, tableName, onLost }, signal)])
}

async function backendOptions(options: ProxyOptions, tableName: string): Promise<ConstructorParameters<typeof NftablesBackend>[1]> {
  const ranges = options.clusterCidr.split(',').filter((range) => range !== '')
  const local: LocalTraffic = options.localTraffic ?? (ranges.length === 0 ? { by: 'nothing' } : { by: 'address', ranges })
  return {
    tableName,
    nodePortRanges: options.nodeAddresses.map(asRange),
    maskedBridge: (await isBridgeTracked()) ? undefined : options.podBridge,
    traffic: trafficOptions(local, options.masqueradeAll ?? false),
  }
}

function asRange(address: string): string {
  const bits = isIP(address) === 6 ? 128 : 32
  return isIP(address) === 0 ? address : `${address}/${bits}`
}

/** Whether connection tracking sees what pods on one bridge send each other; without it, answers would bear the wrong address. */
async function isBridgeTracked(): Promise<boolean> {
  const setting = await readFile('/proc/sys/net/bridge/bridge-nf-call-iptables', 'utf8').catch(() => '0')
  return setting.trim() === '1'
}
