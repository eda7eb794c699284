/**
 * The cluster's certificates: made once; made again when they are about to expire, are not valid yet because a clock went back, are damaged, lack
 * an address, or come from another authority.
 */
import { createPrivateKey } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '#base/env/clock'
import { type CertificateRequest, type Credential, createAuthority, issueCredential } from '#net/pki/authority'
import { type Certificate, parseCertificate } from '#net/pki/certificate'
import { writeCredential, writeKeyFile } from '#net/pki/key-file'
import { createPrivateKeyPem } from '#net/pki/private-key'
import { type ControlPlaneHost, controlPlaneHosts } from './control-plane/hosts.ts'
import type { Settings } from './settings.ts'

const dayMs = 24 * 3600_000
const authorityValidMs = 3650 * dayMs
const leafValidMs = 365 * dayMs
const renewBeforeMs = 30 * dayMs

export type ClusterPki = {
  readonly authority: Credential
  readonly apiServer: Credential
  readonly apiServerKubeletClient: Credential
  readonly admin: Credential
  readonly nodeClient: Credential
  readonly nodeServing: Credential
  readonly proxyClient: Credential
  readonly serviceAccountKeyPem: string
  /** Of a cluster with several control planes: the certificates of their etcd. */
  readonly etcd?: EtcdPki
}

/** The members read their own from the directory: `etcd-server-N` and `etcd-peer-N`. */
export type EtcdPki = { readonly authority: Credential; readonly client: Credential }

type Wanted = Pick<CertificateRequest, 'subject' | 'usages'> & { readonly hosts?: readonly string[] }

/** Reads what is there and makes what is missing. What cannot be read counts as missing. */
export async function ensurePki(directory: string, settings: Settings, clock: Clock): Promise<ClusterPki> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const authority = await ensureAuthority(directory, 'ca', 'kubernetes', clock)
  const leaf = (name: string, wanted: Wanted) => ensureLeaf(directory, name, authority, wanted, clock)
  const [apiServer, apiServerKubeletClient, admin, nodeClient, nodeServing, proxyClient, serviceAccountKeyPem] = await Promise.all([
    leaf('apiserver', {
      subject: { commonName: 'kube-apiserver', organizations: [] },
      usages: ['server'],
      hosts: apiServerHosts(settings),
    }),
    leaf('apiserver-kubelet-client', {
      subject: { commonName: 'kube-apiserver-kubelet-client', organizations: ['system:masters'] },
      usages: ['client'],
    }),
    leaf('admin', { subject: { commonName: 'kubernetes-admin', organizations: ['system:masters'] }, usages: ['client'] }),
    leaf('kubelet-client', {
      subject: { commonName: `system:node:${settings.nodeName}`, organizations: ['system:nodes'] },
      usages: ['client'],
    }),
    leaf('kubelet', {
      subject: { commonName: `system:node:${settings.nodeName}`, organizations: ['system:nodes'] },
      usages: ['server'],
      hosts: [settings.nodeName, settings.nodeAddress],
    }),
    leaf('kube-proxy', { subject: { commonName: 'system:kube-proxy', organizations: [] }, usages: ['client'] }),
    ensureServiceAccountKey(directory),
  ])
  const credentials = { authority, apiServer, apiServerKubeletClient, admin, nodeClient, nodeServing, proxyClient, serviceAccountKeyPem }
  const hosts = controlPlaneHosts(settings)
  return hosts.length === 0 ? credentials : { ...credentials, etcd: await ensureEtcdPki(directory, hosts, clock) }
}

/** An authority of its own: whoever it signs for may read and write everything. */
async function ensureEtcdPki(directory: string, hosts: readonly ControlPlaneHost[], clock: Clock): Promise<EtcdPki> {
  const authority = await ensureAuthority(directory, 'etcd-ca', 'etcd', clock)
  const leaf = (name: string, wanted: Wanted) => ensureLeaf(directory, name, authority, wanted, clock)
  const member = ({ name, address }: ControlPlaneHost, kind: 'server' | 'peer', number: number) =>
    leaf(`etcd-${kind}-${number}`, {
      subject: { commonName: name, organizations: [] },
      // A member is a client of the others, and of itself.
      usages: ['server', 'client'],
      hosts: [name, address, 'localhost', '127.0.0.1'],
    })
  const [client] = await Promise.all([
    leaf('etcd-client', { subject: { commonName: 'kube-apiserver-etcd-client', organizations: [] }, usages: ['client'] }),
    ...hosts.flatMap((host) => [member(host, 'server', host.number), member(host, 'peer', host.number)]),
  ])
  return { authority, client }
}

function apiServerHosts(settings: Settings): readonly string[] {
  const names = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    'localhost',
    settings.nodeName,
  ]
  const hosts = controlPlaneHosts(settings).flatMap(({ name, address }) => [name, address])
  return [...names, '127.0.0.1', '::1', settings.nodeAddress, firstAddressOf(settings.serviceCidr), ...hosts]
}

/** The address of the `kubernetes` service: the first of the range. */
function firstAddressOf(cidr: string): string {
  const [network = ''] = cidr.split('/')
  const parts = network.split('.').map(Number)
  const last = parts.length - 1
  return parts.map((part, index) => (index === last ? part + 1 : part)).join('.')
}

async function ensureAuthority(directory: string, name: string, commonName: string, clock: Clock): Promise<Credential> {
  const known = await readCredential(directory, name)
  if (known !== undefined && isInForce(known, clock)) return known.credential
  const authority = await createAuthority(commonName, { nowMs: clock.nowMs(), validForMs: authorityValidMs })
  await writeCredential(directory, name, authority)
  return authority
}

async function ensureLeaf(directory: string, name: string, authority: Credential, wanted: Wanted, clock: Clock): Promise<Credential> {
  const known = await readCredential(directory, name)
  if (known !== undefined && isInForce(known, clock) && isFor(known, wanted, authority)) return known.credential
  const { hosts, ...request } = wanted
  const credential = await issueCredential(authority, {
    ...request,
    ...(hosts === undefined ? {} : { hosts }),
    nowMs: clock.nowMs(),
    validForMs: leafValidMs,
  })
  await writeCredential(directory, name, credential)
  return credential
}

type Known = { readonly credential: Credential; readonly certificate: Certificate }

function isInForce({ certificate: { notBeforeMs, notAfterMs } }: Known, clock: Clock): boolean {
  return notAfterMs - clock.nowMs() > renewBeforeMs && notBeforeMs <= clock.nowMs()
}

function isFor({ certificate: { x509 } }: Known, wanted: Wanted, authority: Credential): boolean {
  const isOurs = x509.verify(parseCertificate(authority.certificatePem).x509.publicKey)
  const names = (host: string) => (isIP(host) === 0 ? x509.checkHost(host) : x509.checkIP(host)) !== undefined
  return isOurs && (wanted.hosts ?? []).every(names)
}

async function readCredential(directory: string, name: string): Promise<Known | undefined> {
  try {
    const [certificatePem, privateKeyPem] = await Promise.all([
      readFile(join(directory, `${name}.crt`), 'utf8'),
      readFile(join(directory, `${name}.key`), 'utf8'),
    ])
    const certificate = parseCertificate(certificatePem)
    if (!certificate.x509.checkPrivateKey(createPrivateKey(privateKeyPem))) return undefined
    return { credential: { certificatePem, privateKeyPem }, certificate }
  } catch {
    return undefined // not there, half of it, or damaged: made anew
  }
}

async function ensureServiceAccountKey(directory: string): Promise<string> {
  const path = join(directory, 'sa.key')
  const known = await readFile(path, 'utf8').catch(() => undefined)
  if (known !== undefined && isPrivateKey(known)) return known
  const pem = await createPrivateKeyPem()
  await writeKeyFile(path, pem)
  return pem
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem)
    return true
  } catch {
    return false
  }
}
