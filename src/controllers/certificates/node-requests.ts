/** Recognises certificate requests of kubelets. Pure; the rules are upstream's (pkg/apis/certificates/helpers.go). */
import type { CertificateSigningRequest } from '#kinds/certificates/certificate-signing-request.kind'
import type { SigningRequest } from '#net/pki/signing-request'

const nodePrefix = 'system:node:'
const nodesGroup = 'system:nodes'

/** Why this is no request of a kubelet for a client certificate; undefined where it is one. */
export function clientFault(request: SigningRequest, usages: readonly string[]): string | undefined {
  const names = [...request.dnsNames, ...request.ipAddresses, ...request.emailAddresses, ...request.uris]
  if (names.length > 0) return 'DNS, IP, email and URI names are not allowed'
  return subjectFault(request) ?? usagesFault(usages, 'client auth')
}

/** The same for a serving certificate. */
export function servingFault(request: SigningRequest, usages: readonly string[]): string | undefined {
  if (request.emailAddresses.length > 0) return 'email subjectAltNames are not allowed'
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed'
  if (request.dnsNames.length + request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required'
  return subjectFault(request) ?? usagesFault(usages, 'server auth')
}

/** Whether a node asks for itself. */
export function isSelfRequest(csr: CertificateSigningRequest, request: SigningRequest): boolean {
  return (csr.spec.username ?? '').startsWith(nodePrefix) && csr.spec.username === request.subject.commonName
}

function subjectFault({ subject }: SigningRequest): string | undefined {
  if (subject.organizations.length !== 1 || subject.organizations[0] !== nodesGroup) return `subject organization is not ${nodesGroup}`
  return subject.commonName.startsWith(nodePrefix) ? undefined : `subject common name does not begin with ${nodePrefix}`
}

function usagesFault(usages: readonly string[], demanded: string): string | undefined {
  const allowed = new Set(['digital signature', 'key encipherment', demanded])
  const isFitting = usages.includes('digital signature') && usages.includes(demanded) && usages.every((usage) => allowed.has(usage))
  return isFitting ? undefined : `usages did not match [digital signature, key encipherment, ${demanded}]`
}
