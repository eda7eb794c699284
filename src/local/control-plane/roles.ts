/** What the programs of several control planes do at present: which member of etcd leads, and whose controllers and scheduler work. */
import { get } from 'node:https'
import type { Clock } from '#base/env/clock'
import { Client } from '#client/client'
import { deadline } from '#client/deadline'
import { fixedEndpoint } from '#client/endpoint'
import { HttpTransport } from '#client/http-transport'
import { Lease } from '#kinds/coordination/lease.kind'
import type { ClusterPki, EtcdPki } from '../cluster-pki.ts'
import type { Settings } from '../settings.ts'
import { etcdEndpoint } from './etcd-member.ts'
import { type ControlPlaneHost, controlPlaneHosts } from './hosts.ts'

const answerMsMax = 2000

/** By program name; one that leads nothing, or does not answer, is not in it. */
export async function rolesOf(settings: Settings, pki: ClusterPki, clock: Clock): Promise<ReadonlyMap<string, string>> {
  const hosts = controlPlaneHosts(settings)
  const { etcd } = pki
  if (hosts.length === 0 || etcd === undefined) return new Map()
  using limit = deadline(clock, answerMsMax, 'no answer in time')
  const members = hosts.map(async (host) =>
    (await isEtcdLeader(host, etcd, limit.signal)) ? [[`etcd-${host.number}`, 'leader'] as const] : [],
  )
  const [leaders, controllers, scheduler] = await Promise.all([
    Promise.all(members),
    holderOf('kube-controller-manager', { settings, pki, clock }, limit.signal),
    holderOf('kube-scheduler', { settings, pki, clock }, limit.signal),
  ])
  const servers = hosts.flatMap(({ number, name }) => {
    const led = [...(controllers === name ? ['controllers'] : []), ...(scheduler === name ? ['scheduler'] : [])]
    return led.length === 0 ? [] : [[`server-${number}`, `leader: ${led.join(', ')}`] as const]
  })
  return new Map([...leaders.flat(), ...servers])
}

function isEtcdLeader(host: ControlPlaneHost, { authority, client }: EtcdPki, signal: AbortSignal): Promise<boolean> {
  const tls = { ca: authority.certificatePem, cert: client.certificatePem, key: client.privateKeyPem }
  return new Promise((resolve) => {
    const request = get(`${etcdEndpoint(host)}/metrics`, { ...tls, agent: false, signal }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => resolve(false))
      response.on('end', () => resolve(/^etcd_server_is_leader 1$/m.test(Buffer.concat(chunks).toString())))
    })
    request.on('error', () => resolve(false))
  })
}

type Access = { readonly settings: Settings; readonly pki: ClusterPki; readonly clock: Clock }

/** The host whose process holds a leader's lease. */
async function holderOf(name: string, { settings, pki, clock }: Access, signal: AbortSignal): Promise<string | undefined> {
  const endpoint = fixedEndpoint(`https://127.0.0.1:${settings.apiPort}`, { tls: { caPem: pki.authority.certificatePem, ...pki.admin } })
  using transport = new HttpTransport(endpoint, { clock, userAgent: 'navarch', timeoutMs: answerMsMax })
  try {
    const { spec } = await new Client(transport).get(Lease, { namespace: 'kube-system', name }, signal)
    const holder = spec?.holderIdentity ?? ''
    return holder.slice(0, holder.lastIndexOf('_'))
  } catch {
    return undefined // no control plane answers: nobody leads
  }
}
