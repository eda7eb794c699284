/** From a kubeconfig, or from inside of a pod, to an endpoint: files are read again when they may have changed. */
import { readFile } from 'node:fs/promises'
import type { Clock } from '#base/env/clock'
import type { Endpoint, RequestHeaders, TlsMaterial } from './endpoint.ts'
import { ExecCredentials } from './exec-credentials.ts'
import { HttpTransport, type HttpTransportOptions } from './http-transport.ts'
import { type Cluster, type ResolvedContext, resolveContext, type User } from './kubeconfig.ts'
import { type KubeconfigEnvironment, pathInEntry, readKubeconfig } from './kubeconfig-file.ts'
import { rereadFile } from './reread-file.ts'

/** The transport of a daemon's `--kubeconfig`; `server` stands in for the file's (`--master`). */
export async function transportOfKubeconfig(path: string, options: HttpTransportOptions, server?: string): Promise<HttpTransport> {
  const resolved = resolveContext(await readKubeconfig(path, true))
  const cluster = server ? { ...resolved.cluster, cluster: { ...resolved.cluster.cluster, server } } : resolved.cluster
  return new HttpTransport(endpointOf({ ...resolved, cluster }, options.clock), options)
}

export function endpointOf({ cluster, user }: ResolvedContext, clock: Clock): Endpoint {
  const exec = user.user.exec === undefined ? undefined : new ExecCredentials(user.user.exec, clock)
  const bearer = bearerOf(user.user, user.file, clock)
  return {
    server: new URL(withScheme(cluster.cluster.server ?? 'http://localhost:8080')),
    tls: async () => ({
      ...(await clusterTls(cluster.cluster, cluster.file)),
      ...(await userTls(user.user, user.file)),
      ...(exec === undefined ? {} : (await exec.current()).tls),
    }),
    headers: async () => {
      const token = exec === undefined ? await bearer() : ((await exec.current()).token ?? (await bearer()))
      return { ...authorization(token, user.user), ...impersonation(user.user) }
    },
  }
}

function withScheme(server: string): string {
  return /^[a-z]+:\/\//i.test(server) ? server : `http://${server}`
}

async function clusterTls(cluster: Cluster, file: string | undefined): Promise<TlsMaterial> {
  return {
    caPem: await pemOf(cluster['certificate-authority-data'], cluster['certificate-authority'], file),
    serverName: cluster['tls-server-name'],
    skipsVerification: cluster['insecure-skip-tls-verify'],
  }
}

async function userTls(user: User, file: string | undefined): Promise<TlsMaterial> {
  return {
    certificatePem: await pemOf(user['client-certificate-data'], user['client-certificate'], file),
    privateKeyPem: await pemOf(user['client-key-data'], user['client-key'], file),
  }
}

/** Inline data wins over a path. */
async function pemOf(base64: string | undefined, path: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (base64) return Buffer.from(base64, 'base64').toString()
  return path ? await readFile(pathInEntry(path, file), 'utf8') : undefined
}

function bearerOf(user: User, file: string | undefined, clock: Clock): () => Promise<string | undefined> {
  // As upstream: where both are given, the file wins, for it may be renewed.
  if (user.tokenFile) return rereadFile(pathInEntry(user.tokenFile, file), clock)
  return async () => user.token
}

function authorization(token: string | undefined, user: User): RequestHeaders {
  if (token) return { authorization: `Bearer ${token.trim()}` }
  if (!user.username) return {}
  return { authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` }
}

function impersonation(user: User): RequestHeaders {
  return {
    ...(user.as ? { 'impersonate-user': user.as } : {}),
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...(user['as-groups']?.length ? { 'impersonate-group': [...user['as-groups']] } : {}),
  }
}

const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The API server as a pod sees it, as its service account; undefined outside of a cluster. */
export function inClusterEndpoint(environment: KubeconfigEnvironment, clock: Clock): Endpoint | undefined {
  const host = environment['KUBERNETES_SERVICE_HOST']
  const port = environment['KUBERNETES_SERVICE_PORT']
  if (!host || !port) return undefined
  const token = rereadFile(`${serviceAccountDirectory}/token`, clock)
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    tls: async () => ({ caPem: await readFile(`${serviceAccountDirectory}/ca.crt`, 'utf8') }),
    headers: async () => ({ authorization: `Bearer ${await token()}` }),
  }
}
