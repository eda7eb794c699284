/** An API server for tests: memory store, ephemeral port, a fresh authority, one token that may do everything. */

import { type ApiServer, type ApiServerOptions, apiServerUser, createApiServer } from '#apiserver/api-server'
import { systemClock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { silentLog } from '#base/env/log'
import { systemRandom } from '#base/env/random'
import { Client } from '#client/client'
import { builtinKinds } from '#kinds/builtin-kinds'
import { createAuthority, issueCredential } from '#net/pki/authority'
import { createMemoryStore } from '#store/memory/memory-store'
import type { Store } from '#store/store'

export type TestApiServer = AsyncDisposable & {
  readonly url: string
  /** Of a user in `system:masters`. */
  readonly token: string
  /** PEM of the authority of the serving certificate. */
  readonly ca: string
  readonly server: ApiServer
  /** In process, as the server itself. */
  readonly client: Client
  close(): Promise<void>
}

const hourMs = 3600_000

/** The text of a kubeconfig file for the server's one user. */
export function kubeconfigOf({ url, ca, token }: TestApiServer): string {
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  })
}

export async function startTestApiServer(
  changes: Partial<ApiServerOptions> = {},
  env: { readonly log?: Log; readonly store?: Store } = {},
): Promise<TestApiServer> {
  const validity = { nowMs: systemClock.nowMs(), validForMs: hourMs }
  const authority = await createAuthority('test-ca', validity)
  const hosts = ['127.0.0.1', 'localhost', 'kubernetes']
  const serving = await issueCredential(authority, {
    ...validity,
    subject: { commonName: 'kube-apiserver', organizations: [] },
    usages: ['server'],
    hosts,
  })
  const token = systemRandom.uuid()
  const store = env.store ?? createMemoryStore({ clock: systemClock })
  const server = await createApiServer(
    { clock: systemClock, random: systemRandom, log: env.log ?? silentLog, store },
    {
      kinds: builtinKinds,
      serving: { cert: serving.certificatePem, key: serving.privateKeyPem },
      clientCa: authority.certificatePem,
      tokenFile: `${token},admin,admin-uid,system:masters`,
      serviceAccounts: {
        issuers: ['https://kubernetes.default.svc.cluster.local'],
        signingKey: serving.privateKeyPem,
        verificationKeys: [],
        extendsExpiration: true,
      },
      authorizers: ['Node', 'RBAC'],
      admission: { enabled: [], disabled: ['ServiceAccount'] },
      advertiseAddress: '192.0.2.10',
      serviceClusterIpRanges: ['10.96.0.0/12'],
      serviceNodePorts: { from: 30_000, to: 32_767 },
      shutdownGraceMs: 500,
      ...changes,
    },
  )
  const port = await server.listen(0, '127.0.0.1')
  const close = async () => {
    await server.close()
    // A store that was handed in may have another server on it.
    if (env.store === undefined) await store.close()
  }
  return {
    url: `https://127.0.0.1:${port}`,
    token,
    ca: authority.certificatePem,
    server,
    client: new Client(server.loopback(apiServerUser)),
    close,
    [Symbol.asyncDispose]: close,
  }
}
