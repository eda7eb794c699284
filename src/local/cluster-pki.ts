/** The cluster's certificates: made once, made again when they are about to expire or the addresses have changed. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#base/env/clock'
import { type CertificateRequest, type Credential, createAuthority, issueCredential } from '#net/pki/authority'
import { parseCertificate } from '#net/pki/certificate'
import { writeCredential, writeKeyFile } from '#net/pki/key-file'
import { createPrivateKeyPem } from '#net/pki/private-key'
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
}

type Wanted = Pick<CertificateRequest, 'subject' | 'usages'> & { readonly hosts?: readonly string[] }

/** Reads what is there and makes what is missing. Half-written pairs count as missing. */
export async function ensurePki(directory: string, settings: Settings, clock: Clock): Promise<ClusterPki> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const authority = await ensureAuthority(directory, clock)
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
  return { authority, apiServer, apiServerKubeletClient, admin, nodeClient, nodeServing, proxyClient, serviceAccountKeyPem }
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
  return [...names, '127.0.0.1', '::1', settings.nodeAddress, firstAddressOf(settings.serviceCidr)]
}

/** The address of the `kubernetes` service: the first of the range. */
function firstAddressOf(cidr: string): string {
  const [network = ''] = cidr.split('/')
  const parts = network.split('.').map(Number)
  const last = parts.length - 1
  return parts.map((part, index) => (index === last ? part + 1 : part)).join('.')
}

async function ensureAuthority(directory: string, clock: Clock): Promise<Credential> {
  const known = await readCredential(directory, 'ca')
  if (known !== undefined) return known
  const authority = await createAuthority('kubernetes', { nowMs: clock.nowMs(), validForMs: authorityValidMs })
  await writeCredential(directory, 'ca', authority)
  return authority
}

async function ensureLeaf(directory: string, name: string, authority: Credential, wanted: Wanted, clock: Clock): Promise<Credential> {
  const known = await readCredential(directory, name)
  if (known !== undefined && isGood(known, wanted, clock)) return known
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

function isGood({ certificatePem }: Credential, wanted: Wanted, clock: Clock): boolean {
  const certificate = parseCertificate(certificatePem)
  const isFresh = certificate.notAfterMs - clock.nowMs() > renewBeforeMs && certificate.notBeforeMs <= clock.nowMs()
  return isFresh && (wanted.hosts ?? []).every((host) => certificate.hosts.includes(host))
}

async function readCredential(directory: string, name: string): Promise<Credential | undefined> {
  const [certificatePem, privateKeyPem] = await Promise.all([
    readFile(join(directory, `${name}.crt`), 'utf8').catch(() => undefined),
    readFile(join(directory, `${name}.key`), 'utf8').catch(() => undefined),
  ])
  return certificatePem === undefined || privateKeyPem === undefined ? undefined : { certificatePem, privateKeyPem }
}

async function ensureServiceAccountKey(directory: string): Promise<string> {
  const path = join(directory, 'sa.key')
  const known = await readFile(path, 'utf8').catch(() => undefined)
  if (known !== undefined) return known
  const pem = await createPrivateKeyPem()
  await writeKeyFile(path, pem)
  return pem
}
