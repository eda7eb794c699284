/** Asks a signer for a certificate: someone approves, the signer issues. */
import { defineKind, type Kind, type RequestFacts } from '#meta/kind'
import { isPathSegmentName } from '#meta/names'
import { ageColumn, humanDuration, nameColumn } from '#meta/table'
import { timestampOf } from '#meta/timestamp'
import { statusSubresource } from '../subresources.ts'
import { validateApproval, validateRequest, validateRequestStatus } from './certificate-signing-request-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

const signerText = `Requested signer for the request. It is a qualified name in the form: \`scope-hostname.io/name\`. If empty, it will be defaulted:\n 1. If it's a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it's a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using \`spec.signerName\`.`
const durationText =
  'expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds is 600, i.e. 10 minutes.'

export type CertificateSigningRequest = types.CertificateSigningRequest
export const CertificateSigningRequest: Kind<CertificateSigningRequest> = defineKind({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  scope: 'Cluster',
  checksMetaAnew: true,
  validateName: isPathSegmentName,
  schema: schemas.CertificateSigningRequest,
  columns: [
    nameColumn,
    ageColumn,
    { name: 'SignerName', type: 'string', description: signerText, cell: ({ spec }) => spec.signerName || '<none>' },
    { name: 'Requestor', type: 'string', description: 'Base64-encoded PKCS#10 CSR data', cell: ({ spec }) => spec.username ?? '' },
    { name: 'RequestedDuration', type: 'string', description: durationText, cell: requestedDurationOf },
    {
      name: 'Condition',
      type: 'string',
      description: 'Conditions applied to the request, such as approval or denial.',
      cell: (request) => conditionTextOf(request),
    },
  ],
  prepareCreate,
  validate: validateRequest,
  update: { prepare: (next, old) => ({ ...next, spec: old.spec, status: old.status }), resets: ['spec', 'status'] },
  status: {
    prepare: prepareStatus,
    validate: (next, old, facts) => (facts.subresource === 'approval' ? validateApproval : validateRequestStatus)(next, old),
  },
  subresources: [
    { name: 'approval', kind: 'CertificateSigningRequest', verbs: ['get', 'patch', 'update'] },
    statusSubresource('CertificateSigningRequest'),
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName ?? '' },
})

type Conditions = CertificateSigningRequest['status']['conditions']

/** Who asks is not the client's to say. */
function prepareCreate(request: CertificateSigningRequest, facts: RequestFacts): CertificateSigningRequest {
  const { username: _, uid: __, groups: ___, extra: ____, ...spec } = request.spec
  const { user } = facts
  if (user === undefined) return { ...request, spec, status: {} }
  const { name: username, uid, groups, extra } = user
  return {
    ...request,
    spec: { ...spec, username, groups: [...groups], ...(uid ? { uid } : {}), ...(extra && Object.keys(extra).length > 0 ? { extra } : {}) },
    status: {},
  }
}

/** Through `approval` only conditions change; who writes the status does not touch what was approved or denied. */
function prepareStatus(next: CertificateSigningRequest, old: CertificateSigningRequest, facts: RequestFacts): CertificateSigningRequest {
  if (facts.subresource === 'approval')
    return { ...next, spec: old.spec, status: { ...old.status, conditions: withTimes(next.status.conditions, facts) } }
  const conditions = ['Approved', 'Denied'].reduce(
    (list, type) => withOldOnes(list, old.status.conditions ?? [], type),
    next.status.conditions ?? [],
  )
  return {
    ...next,
    spec: old.spec,
    status: { ...next.status, conditions: conditions.length === 0 ? undefined : withTimes(conditions, facts) },
  }
}

type Condition = NonNullable<Conditions>[number]

/** Conditions of a type as they were; where some come or go, that is for the validation to refuse. */
function withOldOnes(conditions: readonly Condition[], old: readonly Condition[], type: string): readonly Condition[] {
  const before = old.filter((condition) => condition.type === type)
  if (conditions.filter((condition) => condition.type === type).length !== before.length) return conditions
  const left = [...before]
  return conditions.map((condition) => (condition.type === type ? (left.shift() ?? condition) : condition))
}

/** Conditions get the time of now where the client gives none. */
function withTimes(conditions: Conditions, facts: RequestFacts): Conditions {
  const now = timestampOf(facts.nowMs)
  return conditions?.map((condition) => ({
    ...condition,
    lastUpdateTime: condition.lastUpdateTime ?? now,
    lastTransitionTime: condition.lastTransitionTime ?? now,
  }))
}

function requestedDurationOf({ spec }: CertificateSigningRequest): string {
  return spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000)
}

function conditionTextOf({ status }: CertificateSigningRequest): string {
  const types = (status.conditions ?? []).map((condition) => condition.type)
  const words = ['Approved', 'Denied', 'Failed'].filter((type) => types.includes(type))
  if (words.length === 0) words.push('Pending')
  if (status.certificate) words.push('Issued')
  return words.join(',')
}
