/** Removes certificate requests that nobody needs any more. */
import { CertificateSigningRequest } from '#kinds/certificates/certificate-signing-request.kind'
import { conditionOf } from '#meta/conditions'
import { refOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result } from '#reconcile/controller'

const hourMs = 3_600_000
// Upstream's terms: decided ones stay for an hour, pending ones for a day.
const decidedForMs = hourMs
const pendingForMs = 24 * hourMs

export const cleanerController: Controller<CertificateSigningRequest> = {
  name: 'certificatesigningrequest-cleaner-controller',
  for: CertificateSigningRequest,
  reconcile: removeIfOld,
}

async function removeIfOld({ client, clock }: ControllerDeps, csr: CertificateSigningRequest, signal: AbortSignal): Promise<Result> {
  const dueInMs = removalDueInMs(csr, clock.nowMs())
  if (dueInMs > 0) return { afterMs: dueInMs }
  const { uid, ...ref } = refOf(csr)
  await ignoreNotFound(client.delete(CertificateSigningRequest, ref, { uid }, signal))
  return done
}

/** The whole decision. A request that was approved but never signed counts as pending. */
export function removalDueInMs(csr: CertificateSigningRequest, nowMs: number): number {
  const conditions = csr.status?.conditions
  const denied = conditionOf(conditions, 'Denied') ?? conditionOf(conditions, 'Failed')
  const approved = csr.status?.certificate ? conditionOf(conditions, 'Approved') : undefined
  const decided = denied ?? approved
  if (decided === undefined) return Date.parse(csr.metadata.creationTimestamp ?? '') + pendingForMs - nowMs
  return Date.parse(decided.lastUpdateTime ?? csr.metadata.creationTimestamp ?? '') + decidedForMs - nowMs
}
