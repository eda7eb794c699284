/** Issues certificates for approved requests to the signers `kubernetes.io/*`. */
import { nowRfc3339 } from '#base/env/clock'
import { CertificateSigningRequest } from '#kinds/certificates/certificate-signing-request.kind'
import { isConditionTrue } from '#meta/conditions'
import type { CertificateUsage, Credential } from '#net/pki/authority'
import { parseSigningRequest, type SigningRequest, signRequest } from '#net/pki/signing-request'
import { type Controller, type ControllerDeps, done, type Result } from '#reconcile/controller'
import { clientFault, servingFault } from './node-requests.ts'

export type SignerName =
  | 'kubernetes.io/kube-apiserver-client'
  | 'kubernetes.io/kube-apiserver-client-kubelet'
  | 'kubernetes.io/kubelet-serving'
  | 'kubernetes.io/legacy-unknown'

export type SigningOptions = {
  /** Signers without an authority sign nothing. */
  readonly authorities: Partial<Readonly<Record<SignerName, Credential>>>
  /** The longest, and the usual, life of a certificate. */
  readonly durationMs: number
}

/** Upstream's floor for `spec.expirationSeconds`. */
const durationMsMin = 600_000

type Fault = (request: SigningRequest, usages: readonly string[]) => string | undefined

const faults: Readonly<Record<SignerName, Fault>> = {
  'kubernetes.io/kube-apiserver-client': (_, usages) =>
    usages.includes('client auth') && !usages.includes('server auth') ? undefined : 'usages must be those of a client',
  'kubernetes.io/kube-apiserver-client-kubelet': clientFault,
  'kubernetes.io/kubelet-serving': servingFault,
  'kubernetes.io/legacy-unknown': () => undefined,
}

export function signingController(options: SigningOptions): Controller<CertificateSigningRequest> {
  return {
    name: 'certificate-controller-signing',
    for: CertificateSigningRequest,
    reconcile: (deps, csr, signal) => signIfApproved(deps, csr, options, signal),
  }
}

async function signIfApproved(
  { client, clock }: ControllerDeps,
  csr: CertificateSigningRequest,
  options: SigningOptions,
  signal: AbortSignal,
): Promise<Result> {
  const signer = signerOf(csr)
  const authority = signer === undefined ? undefined : options.authorities[signer]
  const conditions = csr.status?.conditions
  if (signer === undefined || authority === undefined || csr.status?.certificate) return done
  if (!isConditionTrue(conditions, 'Approved') || isConditionTrue(conditions, 'Denied') || isConditionTrue(conditions, 'Failed'))
    return done
  const usages = csr.spec.usages ?? []
  const request = await parseSigningRequest(Buffer.from(csr.spec.request, 'base64').toString())
  const fault = faults[signer](request, usages)
  if (fault !== undefined) {
    const now = nowRfc3339(clock)
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: fault,
      lastUpdateTime: now,
      lastTransitionTime: now,
    }
    await client.updateStatus(
      CertificateSigningRequest,
      { ...csr, status: { ...csr.status, conditions: [...(conditions ?? []), failed] } },
      signal,
    )
    return done
  }
  const pem = await signRequest(authority, request, {
    usages: usages.flatMap(usageOf),
    nowMs: clock.nowMs(),
    validForMs: durationOf(csr, options),
  })
  await client.updateStatus(
    CertificateSigningRequest,
    { ...csr, status: { ...csr.status, certificate: Buffer.from(pem).toString('base64') } },
    signal,
  )
  return done
}

function signerOf(csr: CertificateSigningRequest): SignerName | undefined {
  const name = csr.spec.signerName
  return Object.hasOwn(faults, name) ? (name as SignerName) : undefined
}

function durationOf(csr: CertificateSigningRequest, { durationMs }: SigningOptions): number {
  const asked = csr.spec.expirationSeconds
  return asked === undefined ? durationMs : Math.min(Math.max(asked * 1000, durationMsMin), durationMs)
}

function usageOf(usage: string): readonly CertificateUsage[] {
  return usage === 'client auth' ? ['client'] : usage === 'server auth' ? ['server'] : []
}
