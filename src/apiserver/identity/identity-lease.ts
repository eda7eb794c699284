/**
 * Each API server keeps a Lease in `kube-system`, so that all others can know of it, and removes those of servers that are no more.
 * Names, labels and times are upstream's.
 */
import { nowRfc3339Micro, sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { Lease } from '#kinds/coordination/lease.kind'
import { refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import { apiServerId } from './api-server-id.ts'

export type IdentityOptions = {
  readonly hostname: string
  /** Where the other servers reach this one: address and port. */
  readonly peerAddress: string
}

type Deps = Env & { readonly client: Client }

const namespace = 'kube-system'
const identityLabel = 'apiserver.kubernetes.io/identity'
const hostnameLabel = 'kubernetes.io/hostname'
const peerAddressAnnotation = 'kubernetes.io/peer-advertise-address'
const program = 'kube-apiserver'
const leaseDurationSeconds = 3600
const renewIntervalMs = 10_000
const collectIntervalMs = leaseDurationSeconds * 1000

/** Renews the own lease and collects expired ones until the signal is aborted. */
export async function keepIdentity(deps: Deps, options: IdentityOptions, signal: AbortSignal): Promise<void> {
  const name = apiServerId(options.hostname)
  const holderIdentity = `${name}_${deps.random.uuid()}`
  const renew = () =>
    renewLease(deps, (old) => identityLease(old, { ...options, name, holderIdentity }, nowRfc3339Micro(deps.clock)), signal)
  await Promise.all([
    repeated(deps, renewIntervalMs, 'the identity lease was not renewed', renew, signal),
    repeated(deps, collectIntervalMs, 'expired identity leases were not removed', () => removeExpired(deps, name, signal), signal),
  ])
}

/** The own lease as it is to be. Pure. */
export function identityLease(
  old: Lease | undefined,
  { name, holderIdentity, hostname, peerAddress }: IdentityOptions & { readonly name: string; readonly holderIdentity: string },
  now: string,
): Lease {
  const metadata = old?.metadata ?? { name, namespace }
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [identityLabel]: program, [hostnameLabel]: hostname },
      annotations: { ...metadata.annotations, [peerAddressAnnotation]: peerAddress },
    },
    spec: { ...old?.spec, holderIdentity, leaseDurationSeconds, renewTime: now },
  }
}

/** Whether a server's lease is over; one that does not say how long it lives is, too. Pure. */
export function isExpired({ spec }: Lease, nowMs: number): boolean {
  const { renewTime, leaseDurationSeconds: seconds } = spec ?? {}
  return renewTime === undefined || seconds === undefined || Date.parse(renewTime) + seconds * 1000 < nowMs
}

async function renewLease({ client }: Deps, renewed: (old: Lease | undefined) => Lease, signal: AbortSignal): Promise<void> {
  const own = renewed(undefined)
  const old = await ignoreNotFound(client.get(Lease, refOf(own), signal))
  if (old === undefined) await client.create(Lease, own, {}, signal)
  else await client.update(Lease, renewed(old), {}, signal)
}

/** A lease that was renewed meanwhile stays: its revision is another one. */
async function removeExpired({ client, clock }: Deps, ownName: string, signal: AbortSignal): Promise<void> {
  const { items } = await client.list(Lease, { namespace, labelSelector: `${identityLabel}=${program}` }, signal)
  const expired = items.filter((lease) => lease.metadata.name !== ownName && isExpired(lease, clock.nowMs()))
  for (const { metadata } of expired) {
    const { name = '', resourceVersion = '' } = metadata
    await client.delete(Lease, { namespace, name }, { resourceVersion }, signal).catch(unlessChanged)
  }
}

function unlessChanged(error: unknown): void {
  if (!hasReason(error, 'NotFound', 'Conflict')) throw error
}

/** Whatever fails is tried again at the next turn. */
async function repeated(
  { clock, log }: Deps,
  intervalMs: number,
  complaint: string,
  task: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await task().catch((error: unknown) => signal.aborted || log.warn(complaint, { error }))
    await sleep(clock, intervalMs, signal).catch(() => undefined)
  }
}
