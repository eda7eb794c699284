/** `kube-proxy` as a program of its own, with upstream's flags and configuration file. */
import { availableParallelism, hostname } from 'node:os'
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { transportOfKubeconfig } from '#client/connect'
import { Informers } from '#client/informers'
import type { Component } from '#component/component'
import { readConfigFile } from '#component/config-file'
import { type Serving, serve } from '#component/serving'
import { upstreamVersion } from '#component/version'
import type { LocalTraffic } from './backends/nftables/traffic-options.ts'
import { applySettings, conntrackSettings } from './conntrack-limits.ts'
import { type NodePlacement, nodePlacement } from './node-placement.ts'
import { createProxy, type Proxy, type ProxyOptions, removeProxyRules } from './proxy.ts'
import { type ProxyConfig, proxyConfigOf, proxyConfigShape } from './proxy-config.ts'
import { configOfFlags, type ProxyFlagValues, proxyFlags } from './proxy-flags.ts'
import { ProxyMetrics } from './proxy-metrics.ts'

export const kubeProxy: Component = {
  name: 'kube-proxy',
  summary: 'Carries calls to services to their endpoints on one node',
  flags: proxyFlags,
  async run(env, values, signal) {
    await runWith(env, values as ProxyFlagValues, signal)
  },
}

async function runWith(env: Env, values: ProxyFlagValues, signal: AbortSignal): Promise<void> {
  if (values.cleanup) return await removeProxyRules()
  const config = values.config === '' ? configOfFlags(values) : proxyConfigOf(await readConfigFile(values.config, proxyConfigShape))
  if (config.mode === 'iptables' || config.mode === 'ipvs') env.log.warn(`proxy mode ${config.mode} is done by nftables`)
  await applySettings(conntrackSettings(config.conntrack, availableParallelism()), env.log)
  if (values['init-only']) return
  const nodeName = (values['hostname-override'] || config.hostnameOverride || hostname()).trim().toLowerCase()
  using transport = await transportOfKubeconfig(
    config.kubeconfig,
    { clock: env.clock, userAgent: `kube-proxy/${upstreamVersion}`, timeoutMs: 10_000 },
    values.master || undefined,
  )
  const client = new Client(transport)
  await using informers = new Informers({ ...env, client })
  const metrics = new ProxyMetrics(env.clock)
  const placement = await nodePlacement({ ...env, client }, nodeName, signal)
  const proxy = createProxy({ env, informers, metrics }, optionsOf(config, nodeName, placement))
  await using _health = await serveHealth(env, config, proxy)
  await using _metrics = await serveMetrics(env, config, metrics)
  await proxy.run(signal)
}

function optionsOf(config: ProxyConfig, nodeName: string, placement: NodePlacement): ProxyOptions {
  return {
    nodeName,
    clusterCidr: config.clusterCidr,
    nodeAddresses: nodePortRanges(config, placement),
    ...(config.bridgeInterface === '' ? {} : { podBridge: config.bridgeInterface }),
    localTraffic: localTrafficOf(config, placement),
    masqueradeAll: config.masqueradeAll,
    minSyncPeriodMs: config.minSyncPeriodMs,
  }
}

/** As upstream: nftables opens node ports on the node's primary addresses unless told otherwise, the older modes on all. */
function nodePortRanges({ mode, nodePortAddresses, bindAddress }: ProxyConfig, { addresses }: NodePlacement): readonly string[] {
  const isBound = bindAddress !== '' && bindAddress !== '0.0.0.0' && bindAddress !== '::'
  const primary = isBound ? [bindAddress] : addresses
  if (nodePortAddresses.length > 0) return nodePortAddresses.flatMap((range) => (range === 'primary' ? primary : [range]))
  return mode === 'nftables' ? primary : ['0.0.0.0/0', '::/0']
}

function localTrafficOf(config: ProxyConfig, { podCidrs }: NodePlacement): LocalTraffic {
  switch (config.detectLocalMode) {
    case 'BridgeInterface':
      return { by: 'interface', name: config.bridgeInterface }
    case 'InterfaceNamePrefix':
      return { by: 'interface', name: `${config.interfaceNamePrefix}*` }
    case 'NodeCIDR':
      return byAddress(podCidrs)
    case 'ClusterCIDR':
    case '':
      return byAddress(config.clusterCidr.split(',').filter((range) => range !== ''))
  }
}

function byAddress(ranges: readonly string[]): LocalTraffic {
  return ranges.length === 0 ? { by: 'nothing' } : { by: 'address', ranges }
}

async function serveHealth({ log }: Env, { healthzBindAddress }: ProxyConfig, proxy: Proxy): Promise<Serving> {
  return await serve({ ...endpointOf(healthzBindAddress), healthChecks: [{ name: 'sync', check: () => proxy.problem() }], log })
}

/** As upstream: on loopback unless told otherwise, and open to whoever reaches it. */
async function serveMetrics({ log }: Env, config: ProxyConfig, metrics: ProxyMetrics): Promise<Serving> {
  return await serve({
    ...endpointOf(config.metricsBindAddress),
    metrics: metrics.registry,
    configuration: config,
    isAllowed: async () => true,
    log,
  })
}

/** `1.2.3.4:80`, `[::]:80`, `:80`; port 0, which serves nothing, for ''. */
function endpointOf(bindAddress: string): { readonly address: string; readonly port: number } {
  const colon = bindAddress.lastIndexOf(':')
  const address = bindAddress.slice(0, Math.max(colon, 0)).replace(/^\[|\]$/g, '')
  return { address: address || '0.0.0.0', port: Number(bindAddress.slice(colon + 1)) || 0 }
}
