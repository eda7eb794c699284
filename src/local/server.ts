/** The control plane process: store, API server, controllers and scheduler, with the last two on the loopback. */
import type { Env } from '#base/env/env'
import { createApiServer } from '#apiserver/api-server'
import type { UserInfo } from '#apiserver/exchange'
import { Client } from '#client/client'
import { createControllers } from '#controllers/create-controllers'
import { builtinKinds } from '#kinds/builtin-kinds'
import { createScheduler } from '#scheduler/scheduler'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import type { ClusterPki } from './cluster-pki.ts'
import type { Layout } from './layout.ts'
import type { Settings } from './settings.ts'

export type ServerOptions = { readonly layout: Layout; readonly settings: Settings; readonly pki: ClusterPki }

const issuer = 'https://kubernetes.default.svc.cluster.local'

function component(name: string): UserInfo {
  return { name, groups: ['system:authenticated'] }
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
      kubelet: { clientCert: pki.apiServerKubeletClient.certificatePem, clientKey: pki.apiServerKubeletClient.privateKeyPem, ca: pki.authority.certificatePem },
    },
  )
  await apiServer.listen(settings.apiPort, '0.0.0.0')
  env.log.info('API server is ready', { port: settings.apiPort })
  const controllers = new Client(apiServer.loopback(component('system:kube-controller-manager')))
  const scheduler = new Client(apiServer.loopback(component('system:kube-scheduler')))
  await Promise.all([
    createControllers({ ...env, client: controllers }, { clusterCidr: settings.podCidr, authority: pki.authority }).run(signal),
    createScheduler({ ...env, client: scheduler }, {}).run(signal),
  ])
}
