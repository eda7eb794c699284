/** `kubelet` as a program of its own, with upstream's flags and configuration file. */
import { readFile } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { transportOfKubeconfig } from '#client/connect'
import type { Component } from '#component/component'
import { readConfigFile } from '#component/config-file'
import { type FlagValues, listFlag, mapFlag, stringFlag } from '#component/flags'
import { upstreamVersion } from '#component/version'
import { openCriClient } from '#net/cri/client'
import { type Credential, createAuthority, issueCredential } from '#net/pki/authority'
import { writeCredential } from '#net/pki/key-file'
import { readResolverConfig } from './host-resolver.ts'
import { type KubeletOptions, runKubelet } from './kubelet.ts'
import { type KubeletConfig, kubeletConfigOf, kubeletConfigShape } from './kubelet-config.ts'

const flags = {
  config: stringFlag('', 'a KubeletConfiguration file'),
  kubeconfig: stringFlag('', 'how to reach the API server'),
  'hostname-override': stringFlag('', "name of the node instead of the machine's"),
  'node-ip': stringFlag('', 'address of the node; its first one unless told otherwise'),
  'node-labels': mapFlag({}, 'labels to register the node with'),
  'root-dir': stringFlag('/var/lib/kubelet', "where pods' files go"),
  'cert-dir': stringFlag('/var/lib/kubelet/pki', 'where a serving certificate is put when none is given'),
  'container-runtime-endpoint': stringFlag('', "the runtime's socket; goes before the file's"),
  'cluster-dns': listFlag([], 'addresses of the cluster DNS; go before those of the file'),
}

export const kubelet: Component = {
  name: 'kubelet',
  summary: 'Runs the pods of one node',
  flags,
  async run(env, values, signal) {
    await runWith(env, values as FlagValues<typeof flags>, signal)
  },
}

async function runWith(env: Env, values: FlagValues<typeof flags>, signal: AbortSignal): Promise<void> {
  const document = values.config === '' ? {} : await readConfigFile(values.config, kubeletConfigShape)
  const config = kubeletConfigOf(document)
  const options = await optionsOf(env, values, config)
  const client = new Client(
    await transportOfKubeconfig(values.kubeconfig, { clock: env.clock, userAgent: `kubelet/${upstreamVersion}`, timeoutMs: 10_000 }),
  )
  using cri = openCriClient(options.runtimeEndpoint, { clock: env.clock })
  await runKubelet({ ...env, client, cri }, options, signal)
}

async function optionsOf(env: Env, values: FlagValues<typeof flags>, config: KubeletConfig): Promise<KubeletOptions> {
  const nodeName = (values['hostname-override'] || hostname()).toLowerCase()
  const address = values['node-ip'] || firstAddress()
  const credential = await servingCredential(env, values['cert-dir'], config, nodeName, address)
  return {
    nodeName,
    addresses: [address],
    rootDir: values['root-dir'],
    podLogsDir: config.podLogsDir,
    cgroupRoot: config.cgroupRoot,
    runtimeEndpoint: values['container-runtime-endpoint'] || config.containerRuntimeEndpoint,
    podCountMax: config.maxPods,
    leaseDurationSeconds: config.leaseDurationSeconds,
    labels: values['node-labels'],
    taints: config.registerWithTaints,
    dns: {
      clusterDns: values['cluster-dns'].length > 0 ? values['cluster-dns'] : config.clusterDns,
      clusterDomain: config.clusterDomain,
      host: await readResolverConfig(config.resolvConf),
    },
    version: upstreamVersion,
    server: {
      address: config.address,
      port: config.port,
      ...credential,
      clientCaPem: config.clientCaFile === '' ? '' : await readFile(config.clientCaFile, 'utf8'),
    },
  }
}

/** As upstream: without a certificate of its own the server signs itself one. */
async function servingCredential(env: Env, certDir: string, config: KubeletConfig, nodeName: string, address: string): Promise<Credential> {
  if (config.tlsCertFile !== '') {
    const [certificatePem, privateKeyPem] = await Promise.all([
      readFile(config.tlsCertFile, 'utf8'),
      readFile(config.tlsPrivateKeyFile, 'utf8'),
    ])
    return { certificatePem, privateKeyPem }
  }
  const validity = { nowMs: env.clock.nowMs(), validForMs: 365 * 24 * 3600_000 }
  const authority = await createAuthority(`${nodeName}-ca@${Math.floor(validity.nowMs / 1000)}`, validity)
  const subject = { commonName: `${nodeName}@${Math.floor(validity.nowMs / 1000)}`, organizations: [] }
  const credential = await issueCredential(authority, { subject, usages: ['server'], hosts: [nodeName, address], ...validity })
  await writeCredential(join(certDir), 'kubelet', credential)
  return credential
}

function firstAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return all.find((one) => one.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1'
}
