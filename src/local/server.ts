/** The control plane process: store, API server, controllers and scheduler, with the last two on the loopback. */

import { hostname } from 'node:os'
import { createApiServer } from '#apiserver/api-server'
import type { Env } from '#base/env/env'
import { type ControllerOptions, defaultControllerOptions } from '#controllers/all-controllers'
import { parseCidr } from '#controllers/node-ipam/plan'
import { builtinKinds } from '#kinds/builtin-kinds'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import type { ClusterPki } from './cluster-pki.ts'
import { runControlLoops } from './control-plane/control-loops.ts'
import { type ControlPlaneHost, controlPlaneHosts } from './control-plane/hosts.ts'
import { openSharedStore } from './control-plane/shared-store.ts'
import type { Layout } from './layout.ts'
import type { Settings } from './settings.ts'

export type ServerOptions = {
  readonly layout: Layout
  readonly settings: Settings
  readonly pki: ClusterPki
  /** The host that this process runs on; undefined where the only control plane runs on the machine itself. */
  readonly host: ControlPlaneHost | undefined
}

const issuer = 'https://kubernetes.default.svc.cluster.local'

/** Runs until the signal is aborted, then ends in good order. */
export async function runServer(env: Env, options: ServerOptions, signal: AbortSignal): Promise<void> {
  const { settings, pki, host } = options
  await using store = await openStore(env, options, signal)
  await using apiServer = await createApiServer(
    { ...env, store },
    {
      kinds: builtinKinds,
      serving: { cert: pki.apiServer.certificatePem, key: pki.apiServer.privateKeyPem },
      clientCa: pki.authority.certificatePem,
      serviceAccounts: { issuers: [issuer], signingKey: pki.serviceAccountKeyPem, verificationKeys: [], extendsExpiration: true },
      authorizers: ['Node', 'RBAC'],
      anonymousPaths: ['/healthz', '/livez', '/readyz'],
      admission: { enabled: ['NodeRestriction'], disabled: [] },
      storeIsShared: host !== undefined,
      // As upstream: an API server of either may take over the other's etcd.
      storageMediaType: host === undefined ? 'application/json' : 'application/vnd.kubernetes.protobuf',
      advertiseAddress: host?.address ?? settings.nodeAddress,
      identity: { hostname: host?.name ?? hostname() },
      serviceClusterIpRanges: [settings.serviceCidr],
      serviceNodePorts: { from: 30_000, to: 32_767 },
      kubelet: {
        clientCert: pki.apiServerKubeletClient.certificatePem,
        clientKey: pki.apiServerKubeletClient.privateKeyPem,
        ca: pki.authority.certificatePem,
        // The machine's name may be told to be the host itself.
        ...(host === undefined ? {} : { addressTypes: ['InternalIP'] }),
      },
    },
  )
  await apiServer.listen(settings.apiPort, '0.0.0.0')
  env.log.info('API server is ready', { port: settings.apiPort })
  await runControlLoops({ ...env, apiServer }, { controllers: controllerOptionsOf(settings, pki), candidate: host?.name }, signal)
}

async function openStore(env: Env, { layout, settings, pki, host }: ServerOptions, signal: AbortSignal) {
  if (host === undefined || pki.etcd === undefined) return await openSqliteStore({ clock: env.clock, directory: layout.storeDir })
  return await openSharedStore(env, { pki: pki.etcd, host, hosts: controlPlaneHosts(settings) }, signal)
}

function controllerOptionsOf({ podCidr }: Settings, { authority }: ClusterPki): ControllerOptions {
  const authorities = {
    'kubernetes.io/kube-apiserver-client': authority,
    'kubernetes.io/kube-apiserver-client-kubelet': authority,
    'kubernetes.io/kubelet-serving': authority,
    'kubernetes.io/legacy-unknown': authority,
  }
  const clusterCidr = parseCidr(podCidr)
  return {
    ...defaultControllerOptions,
    rootCaPem: authority.certificatePem,
    signing: { ...defaultControllerOptions.signing, authorities },
    nodeIpam: clusterCidr === undefined ? undefined : { clusterCidr, nodePrefix: 24 },
  }
}
