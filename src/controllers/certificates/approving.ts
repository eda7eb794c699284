/** Approves what kubelets ask for themselves, if RBAC lets them. */

import { nowRfc3339 } from '#base/env/clock'
import type { Transport } from '#client/transport'
import { CertificateSigningRequest } from '#kinds/certificates/certificate-signing-request.kind'
import { parseSigningRequest } from '#net/pki/signing-request'
import { type Controller, type ControllerDeps, done, type Result } from '#reconcile/controller'
import { clientFault, isSelfRequest } from './node-requests.ts'

const signerName = 'kubernetes.io/kube-apiserver-client-kubelet'

export const approvingController: Controller<CertificateSigningRequest> = {
  name: 'certificate-controller-approving',
  for: CertificateSigningRequest,
  reconcile: approveIfAllowed,
}

async function approveIfAllowed({ client, clock }: ControllerDeps, csr: CertificateSigningRequest, signal: AbortSignal): Promise<Result> {
  const isDecided = (csr.status?.conditions ?? []).some(({ type }) => type === 'Approved' || type === 'Denied')
  if (csr.spec.signerName !== signerName || isDecided || csr.status?.certificate) return done
  const request = await parseSigningRequest(Buffer.from(csr.spec.request, 'base64').toString()).catch(() => undefined)
  if (request === undefined || clientFault(request, csr.spec.usages ?? []) !== undefined) return done
  const [subresource, message] = isSelfRequest(csr, request)
    ? ['selfnodeclient', 'Auto approving self kubelet client certificate after SubjectAccessReview.']
    : ['nodeclient', 'Auto approving kubelet client certificate after SubjectAccessReview.']
  if (!(await mayRequest(client.transport, csr, subresource, signal))) return done
  const now = nowRfc3339(clock)
  const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message, lastUpdateTime: now, lastTransitionTime: now }
  const conditions = [...(csr.status?.conditions ?? []), approved]
  await client.update(CertificateSigningRequest, { ...csr, status: { ...csr.status, conditions } }, { subresource: 'approval' }, signal)
  return done
}

async function mayRequest(
  transport: Transport,
  { spec }: CertificateSigningRequest,
  subresource: string,
  signal: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = {
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
    verb: 'create',
    subresource,
    version: '*',
  }
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: { user: spec.username, uid: spec.uid, groups: spec.groups, extra: spec.extra, resourceAttributes },
  }
  const { body } = await transport.request(
    { method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body: review },
    signal,
  )
  return (body as { readonly status?: { readonly allowed?: boolean } }).status?.allowed === true
}
