/** The node process: kubelet and pod network, against an API server and a container runtime that others run. */
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { fixedEndpoint } from '#client/endpoint'
import { HttpTransport } from '#client/http-transport'
import { Informers } from '#client/informers'
import { Node } from '#kinds/core/node.kind'
import { readResolverConfig } from '#kubelet/host-resolver'
import { runKubelet } from '#kubelet/kubelet'
import { openCriClient } from '#net/cri/client'
import { followPodRange } from '#network/pod-network'
import type { ClusterPki } from './cluster-pki.ts'
import type { Layout } from './layout.ts'
import type { Settings } from './settings.ts'

export type AgentOptions = { readonly layout: Layout; readonly settings: Settings; readonly pki: ClusterPki; readonly version: string }

/** Runs until the signal is aborted; containers go on running. */
export async function runAgent(env: Env, options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { layout, settings, pki } = options
  const client = new Client(new HttpTransport(nodeEndpoint(settings, pki), { clock: env.clock, userAgent: 'kubelet', timeoutMs: 10_000 }))
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
  await runKubelet({ ...env, client, cri }, await kubeletOptionsOf(options), signal)
}

function nodeEndpoint(settings: Settings, pki: ClusterPki): ReturnType<typeof fixedEndpoint> {
  const { certificatePem, privateKeyPem } = pki.nodeClient
  return fixedEndpoint(`https://127.0.0.1:${settings.apiPort}`, {
    tls: { caPem: pki.authority.certificatePem, certificatePem, privateKeyPem },
  })
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
