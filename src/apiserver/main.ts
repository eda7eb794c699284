/** `kube-apiserver`: reads the files that the flags name, opens the store and serves until it is told to stop. */
import { mkdir, readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type Clock, sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Component } from '#component/component'
import { featureGates } from '#component/feature-gates'
import { builtinKinds } from '#kinds/builtin-kinds'
import { optionalKinds } from '#kinds/optional-kinds'
import { createAuthority, issueCredential } from '#net/pki/authority'
import { writeCredential, writeKeyFile } from '#net/pki/key-file'
import { createPrivateKeyPem } from '#net/pki/private-key'
import { readAdmissionConfiguration } from './admission/admission-configuration.ts'
import { type ApiServerOptions, createApiServer } from './api-server.ts'
import { enabledKinds, type KindChoice } from './enabled-kinds.ts'
import { flagTexts } from './flag-texts.ts'
import { type ApiServerFlags, apiServerFlags } from './flags.ts'
import { openStores, storageBackendOf } from './open-stores.ts'
import type { FrontProxyOptions, ServiceAccountOptions } from './security.ts'
import { securityChoices } from './security-flags.ts'

export const kubeApiserver: Component<typeof apiServerFlags> = {
  name: 'kube-apiserver',
  summary: 'The API server: validates, stores and serves the objects of a cluster.',
  flags: apiServerFlags,
  run: runApiServer,
}

async function runApiServer(env: Env, flags: ApiServerFlags, signal: AbortSignal): Promise<void> {
  const options = await optionsOf(env, flags)
  await using stores = await openStores(env, flags)
  const { store, overrides, isShared, mediaType } = stores
  const storage = { storeOverrides: overrides, storeIsShared: isShared, storageMediaType: mediaType }
  await using server = await createApiServer({ ...env, store }, { ...options, ...storage })
  const port = await server.listen(flags['secure-port'], flags['bind-address'])
  env.log.info('serving', { address: flags['bind-address'], port })
  await aborted(signal)
  server.startShutdown()
  // Load balancers are to notice that the server is not ready before it refuses them.
  if (flags['shutdown-delay-duration'] > 0) await sleep(env.clock, flags['shutdown-delay-duration'])
}

async function optionsOf({ clock }: Env, flags: ApiServerFlags): Promise<ApiServerOptions> {
  const text = (name: keyof ApiServerFlags) => optionalFile(String(flags[name]))
  const [clientCa, tokenFile, kubeletCa, kubeletCert, kubeletKey] = await Promise.all([
    text('client-ca-file'),
    text('token-auth-file'),
    text('kubelet-certificate-authority'),
    text('kubelet-client-certificate'),
    text('kubelet-client-key'),
  ])
  const kinds = chosenKinds(flags)
  const advertiseAddress = flags['advertise-address'] || advertisedAddress(flags['bind-address'])
  checkEndpointFlags(flags, advertiseAddress)
  const serving = await servingCredential(flags, [advertiseAddress, flags['bind-address']], clock)
  const admissionFile = flags['admission-control-config-file']
  return {
    kinds: kinds.served,
    unservedKinds: kinds.unserved,
    serving,
    clientCa,
    tokenFile,
    frontProxy: await frontProxyOf(flags),
    serviceAccounts: await serviceAccountsOf(flags),
    allowsBootstrapTokens: flags['enable-bootstrap-token-auth'],
    ...(await securityChoices(flags, clock)),
    admission: {
      enabled: flags['enable-admission-plugins'],
      disabled: flags['disable-admission-plugins'],
      configuration: admissionFile === '' ? undefined : await readAdmissionConfiguration(admissionFile, clock),
    },
    advertiseAddress,
    endpoints: { type: flags['endpoint-reconciler-type'], serverCount: flags['apiserver-count'] },
    identity: { hostname: hostname() },
    serviceClusterIpRanges: flags['service-cluster-ip-range'],
    serviceNodePorts: portRange(flags['service-node-port-range']),
    ...(kubeletCert === undefined || kubeletKey === undefined
      ? {}
      : {
          kubelet: {
            clientCert: kubeletCert,
            clientKey: kubeletKey,
            ca: kubeletCa,
            addressTypes: flags['kubelet-preferred-address-types'],
          },
        }),
    limits: { readingMax: flags['max-requests-inflight'], mutatingMax: flags['max-mutating-requests-inflight'] },
    requestTimeoutMs: flags['request-timeout'],
    compactionIntervalMs: flags['etcd-compaction-interval'],
    healthTimeoutMs: flags['etcd-healthcheck-timeout'],
    readyTimeoutMs: flags['etcd-readycheck-timeout'],
    leaseReuseMs: flags['lease-reuse-duration-seconds'] * 1000,
    flags: flagTexts(apiServerFlags, flags),
    servesCbor: featureGates(flags['feature-gates']).isEnabled('CBORServingAndStorage'),
    platform: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  }
}

/** What `--runtime-config` turns on, but for what a feature gate keeps off. */
function chosenKinds(flags: ApiServerFlags): KindChoice {
  const gates = featureGates(flags['feature-gates'])
  const closed = new Set(optionalKinds.flatMap(({ kind, gate }) => (gate === undefined || gates.isEnabled(gate) ? [] : [kind])))
  const { served, unserved } = enabledKinds([...builtinKinds, ...optionalKinds.map(({ kind }) => kind)], flags['runtime-config'])
  return { served: served.filter((kind) => !closed.has(kind)), unserved: [...unserved, ...closed] }
}

async function frontProxyOf(flags: ApiServerFlags): Promise<FrontProxyOptions | undefined> {
  const clientCaPem = await optionalFile(flags['requestheader-client-ca-file'])
  if (clientCaPem === undefined) return undefined
  return {
    clientCaPem,
    allowedNames: flags['requestheader-allowed-names'],
    usernameHeaders: flags['requestheader-username-headers'],
    uidHeaders: flags['requestheader-uid-headers'],
    groupHeaders: flags['requestheader-group-headers'],
    extraPrefixes: flags['requestheader-extra-headers-prefix'],
  }
}

async function serviceAccountsOf(flags: ApiServerFlags): Promise<ServiceAccountOptions> {
  const issuers = flags['service-account-issuer']
  const lifetimeMs = flags['service-account-max-token-expiration']
  return {
    issuers: issuers.length > 0 ? issuers : ['https://kubernetes.default.svc.cluster.local'],
    signingKey: (await optionalFile(flags['service-account-signing-key-file'])) ?? (await keptKey(flags, 'service-account.key')),
    verificationKeys: await Promise.all(flags['service-account-key-file'].map((path) => readFile(path, 'utf8'))),
    ...(flags['api-audiences'].length > 0 ? { audiences: flags['api-audiences'] } : {}),
    lifetimeSecondsMax: lifetimeMs === 0 ? undefined : lifetimeMs / 1000,
    extendsExpiration: flags['service-account-extend-token-expiration'],
  }
}

/** A generated key that outlives the process where the objects do. */
async function keptKey(flags: ApiServerFlags, name: string): Promise<string> {
  if (storageBackendOf(flags) === 'memory') return await createPrivateKeyPem('rsa-2048')
  const path = join(flags['data-dir'], name)
  const kept = await existingFile(path)
  if (kept !== undefined) return kept
  const key = await createPrivateKeyPem('rsa-2048')
  await mkdir(flags['data-dir'], { recursive: true, mode: 0o700 })
  await writeKeyFile(path, key)
  return key
}

const selfSignedForMs = 365 * 24 * 3600_000

/** The files that the flags name, or a certificate of our own, kept in the certificate directory so that clients can be told of it. */
async function servingCredential(
  flags: ApiServerFlags,
  hosts: readonly string[],
  clock: Clock,
): Promise<{ readonly cert: string; readonly key: string }> {
  const [cert, key] = await Promise.all([optionalFile(flags['tls-cert-file']), optionalFile(flags['tls-private-key-file'])])
  if ((cert === undefined) !== (key === undefined)) throw new Error('--tls-cert-file and --tls-private-key-file have to be given together')
  if (cert !== undefined && key !== undefined) return { cert, key }
  const directory = flags['cert-dir'] || join(flags['data-dir'], 'tls')
  const kept = await Promise.all([existingFile(join(directory, 'apiserver.crt')), existingFile(join(directory, 'apiserver.key'))])
  if (kept[0] !== undefined && kept[1] !== undefined) return { cert: kept[0], key: kept[1] }
  const validity = { nowMs: clock.nowMs(), validForMs: selfSignedForMs }
  const authority = await createAuthority(`${hostname()}-ca`, validity)
  const names = [
    'localhost',
    '127.0.0.1',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    hostname(),
    ...hosts.filter((host) => host !== '0.0.0.0'),
  ]
  const subject = { commonName: hostname(), organizations: [] }
  const issued = await issueCredential(authority, { ...validity, subject, usages: ['server'], hosts: names })
  // The authority stands behind the certificate: who trusts this file trusts the server.
  const credential = { ...issued, certificatePem: `${issued.certificatePem.trimEnd()}\n${authority.certificatePem}` }
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeCredential(directory, 'apiserver', credential)
  return { cert: credential.certificatePem, key: credential.privateKeyPem }
}

function portRange(text: string): { readonly from: number; readonly to: number } {
  const [, from, to] = /^([0-9]+)-([0-9]+)$/.exec(text) ?? []
  if (from === undefined || to === undefined)
    throw new Error(`--service-node-port-range: ${JSON.stringify(text)} is no range such as 30000-32767`)
  return { from: Number(from), to: Number(to) }
}

/** The address itself, or the first one of this machine that others can reach. */
function advertisedAddress(bindAddress: string): string {
  if (bindAddress !== '0.0.0.0' && bindAddress !== '::') return bindAddress
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'
}

/** Clients of the service could not follow its address to a server of the other family. */
function checkEndpointFlags(flags: ApiServerFlags, advertiseAddress: string): void {
  const serverCount = flags['apiserver-count']
  if (serverCount < 1) throw new Error(`--apiserver-count should be a positive number, but value '${serverCount}' provided`)
  const [primary = ''] = flags['service-cluster-ip-range']
  if (flags['endpoint-reconciler-type'] === 'none' || primary.includes(':') === isIPv6(advertiseAddress)) return
  throw new Error(`service IP family "${primary}" must match public address family "${advertiseAddress}"`)
}

async function optionalFile(path: string): Promise<string | undefined> {
  return path === '' ? undefined : await readFile(path, 'utf8')
}

async function existingFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
