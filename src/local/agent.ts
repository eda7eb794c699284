/** The node process: kubelet, pod network and service proxy, against an API server and a container runtime that others run. */
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { fixedEndpoint } from '#client/endpoint'
import { HttpTransport } from '#client/http-transport'
import { Informers } from '#client/informers'
import { Node } from '#kinds/core/node.kind'
import { readResolverConfig } from '#kubelet/host-resolver'
import { runKubelet } from '#kubelet/kubelet'
import { openCriClient } from '#net/cri/client'
import type { Credential } from '#net/pki/authority'
import { followPodRange } from '#network/pod-network'
import { createProxy } from '#proxy/proxy'
import type { ClusterPki } from './cluster-pki.ts'
import type { Layout } from './layout.ts'
import { keepLogsSmall } from './processes/log-rotation.ts'
import { programNamesOf } from './programs.ts'
import { proxyTableOf, type Settings } from './settings.ts'

export type AgentOptions = { readonly layout: Layout; readonly settings: Settings; readonly pki: ClusterPki; readonly version: string }

/** Runs until the signal is aborted; containers go on running. */
export async function runAgent(env: Env, options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { layout, settings, pki } = options
  const client = nodeClient(env, 'kubelet', settings, pki.authority, pki.nodeClient)
  using cri = openCriClient(layout.containerdSocket, { clock: env.clock })
  await using informers = new Informers({ ...env, client })
  const nodes = informers.of(Node, { fieldSelector: `metadata.name=${settings.nodeName}` })
  using _network = followPodRange({
    log: env.log,
    nodes,
    nodeName: settings.nodeName,
    confDir: layout.cniConfDir,
    network: { bridge: settings.bridge, addressDir: layout.cniAddressDir, mtu: undefined },
  })
  const kubelet = { ...env, client, cri }
  await Promise.all([
    runKubelet(kubelet, await kubeletOptionsOf(options), signal),
    runProxy(env, options, signal),
    keepLogsSmall(env, layout, programNamesOf(settings), signal),
  ])
}

/** Under an identity of its own, which may do less than the kubelet. */
async function runProxy(env: Env, { settings, pki }: AgentOptions, signal: AbortSignal): Promise<void> {
  const client = nodeClient(env, 'kube-proxy', settings, pki.authority, pki.proxyClient)
  await using informers = new Informers({ ...env, client })
  const proxy = createProxy(
    { env, informers },
    {
      nodeName: settings.nodeName,
      tableName: proxyTableOf(settings),
      clusterCidr: settings.podCidr,
      nodeAddresses: [settings.nodeAddress],
      podBridge: settings.bridge,
    },
  )
  await proxy.run(signal)
}

function nodeClient(env: Env, userAgent: string, { apiPort }: Settings, authority: Credential, credential: Credential): Client {
  const tls = { caPem: authority.certificatePem, ...credential }
  return new Client(
    new HttpTransport(fixedEndpoint(`https://127.0.0.1:${apiPort}`, { tls }), { clock: env.clock, userAgent, timeoutMs: 10_000 }),
  )
}

async function kubeletOptionsOf({ layout, settings, pki, version }: AgentOptions): Promise<Parameters<typeof runKubelet>[1]> {
  return {
    nodeName: settings.nodeName,
    addresses: [settings.nodeAddress],
    rootDir: layout.kubeletDir,
    podLogsDir: layout.podLogsDir,
    cgroupRoot: `/${settings.name}`,
    runtimeEndpoint: layout.containerdSocket,
    podCountMax: 110,
    leaseDurationSeconds: 40,
    labels: {},
    taints: [],
    dns: { clusterDns: [], clusterDomain: 'cluster.local', host: await readResolverConfig('/etc/resolv.conf') },
    version,
    server: { address: '0.0.0.0', port: settings.kubeletPort, ...pki.nodeServing, clientCaPem: pki.authority.certificatePem },
  }
}
