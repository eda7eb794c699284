/** The control plane process: store, API server, controllers and scheduler, with the last two on the loopback. */

import { createApiServer } from '#apiserver/api-server'
import type { UserInfo } from '#apiserver/exchange'
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { Informers } from '#client/informers'
import { type ControllerOptions, defaultControllerOptions } from '#controllers/all-controllers'
import { controllerAccount } from '#controllers/controller-accounts'
import { runControllers } from '#controllers/controller-manager'
import { parseCidr } from '#controllers/node-ipam/plan'
import { builtinKinds } from '#kinds/builtin-kinds'
import { createScheduler } from '#scheduler/create-scheduler'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import type { ClusterPki } from './cluster-pki.ts'
import type { Layout } from './layout.ts'
import type { Settings } from './settings.ts'

export type ServerOptions = { readonly layout: Layout; readonly settings: Settings; readonly pki: ClusterPki }

const issuer = 'https://kubernetes.default.svc.cluster.local'

/** Controllers and scheduler share the API server's process, and so everything that it could do anyway. */
const controllerManager: UserInfo = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] }
const scheduler: UserInfo = { name: 'system:kube-scheduler', groups: ['system:authenticated'] }

/** Each controller may do what its own account may. */
function accountOf(controllerName: string): UserInfo {
  const namespace = 'kube-system'
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  return { name: `system:serviceaccount:${namespace}:${controllerAccount(controllerName)}`, groups }
}

/** Runs until the signal is aborted, then ends in good order. */
export async function runServer(env: Env, { layout, settings, pki }: ServerOptions, signal: AbortSignal): Promise<void> {
  await using store = await openSqliteStore({ clock: env.clock, directory: layout.storeDir })
  await using apiServer = await createApiServer(
    { ...env, store },
    {
      kinds: builtinKinds,
      serving: { cert: pki.apiServer.certificatePem, key: pki.apiServer.privateKeyPem },
      clientCa: pki.authority.certificatePem,
      serviceAccounts: { issuers: [issuer], signingKey: pki.serviceAccountKeyPem, verificationKeys: [], extendsExpiration: true },
      authorizationModes: ['Node', 'RBAC'],
      anonymousPaths: ['/healthz', '/livez', '/readyz'],
      admission: { enabled: ['NodeRestriction'], disabled: [] },
      advertiseAddress: settings.nodeAddress,
      serviceClusterIpRanges: [settings.serviceCidr],
      serviceNodePorts: { from: 30_000, to: 32_767 },
      kubelet: {
        clientCert: pki.apiServerKubeletClient.certificatePem,
        clientKey: pki.apiServerKubeletClient.privateKeyPem,
        ca: pki.authority.certificatePem,
      },
    },
  )
  await apiServer.listen(settings.apiPort, '0.0.0.0')
  env.log.info('API server is ready', { port: settings.apiPort })
  // One set of caches for both: objects exist once in this process.
  const clientAs = (user: UserInfo, program: string) => new Client(apiServer.loopback(user, program))
  const client = clientAs(controllerManager, 'kube-controller-manager')
  await using informers = new Informers({ ...env, client })
  await Promise.all([
    runControllers(
      { ...env, client, clientOf: (name) => clientAs(accountOf(name), 'kube-controller-manager'), informers },
      controllerOptionsOf(settings, pki),
      signal,
    ),
    createScheduler({ ...env, client: clientAs(scheduler, 'kube-scheduler'), informers }).run(signal),
  ])
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
