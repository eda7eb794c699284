/** Who may approve or sign a certificate request depends on the signer that it names; nobody asks for the masters' group. */
import { CertificateSigningRequest } from '#kinds/certificates/certificate-signing-request.kind'
import { parseSigningRequest } from '#net/pki/signing-request'
import type { Authorizer } from '../authz/authorizer.ts'
import { type Admission, type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'
import { mayUseSigner } from './signer-access.ts'

type Request = CertificateSigningRequest

export function certificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return definePlugin<Request>({
    name: 'CertificateApproval',
    kinds: [CertificateSigningRequest],
    operations: ['UPDATE'],
    subresources: ['approval'],
    async validate(admission, _deps, signal) {
      const { signerName } = (admission.old ?? admission.object).spec
      if (await mayUseSigner(authorizer, admission.user, 'approve', signerName, signal)) return
      throw refusal(admission, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`)
    },
  })
}

export function certificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return definePlugin<Request>({
    name: 'CertificateSigning',
    kinds: [CertificateSigningRequest],
    operations: ['UPDATE'],
    subresources: ['status'],
    async validate(admission, _deps, signal) {
      const { object, old } = admission
      if (object.status?.certificate === old?.status?.certificate && failures(object) === failures(old)) return
      const { signerName } = (old ?? object).spec
      if (await mayUseSigner(authorizer, admission.user, 'sign', signerName, signal)) return
      throw refusal(admission, `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`)
    },
  })
}

export const certificateSubjectRestriction: AdmissionPlugin = definePlugin<Request>({
  name: 'CertificateSubjectRestriction',
  kinds: [CertificateSigningRequest],
  operations: ['CREATE'],
  async validate(admission) {
    const { signerName, request } = admission.object.spec
    if (signerName !== 'kubernetes.io/kube-apiserver-client') return
    const organizations = await organizationsOf(admission, request)
    if (!organizations.includes('system:masters')) return
    throw refusal(admission, 'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed')
  },
})

async function organizationsOf(admission: Admission<Request>, request: string): Promise<readonly string[]> {
  try {
    return (await parseSigningRequest(Buffer.from(request, 'base64').toString('utf8'))).subject.organizations
  } catch (error) {
    throw refusal(admission, `failed to parse CSR: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function failures(request: Request | undefined): number {
  return request?.status?.conditions?.filter((condition) => condition.type === 'Failed').length ?? 0
}
