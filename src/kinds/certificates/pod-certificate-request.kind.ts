/** A kubelet asks a signer for a certificate that one of its pods shall have. */
import { conditionOf } from '#meta/conditions'
import { type FieldErrors, FieldPath, immutable, invalid, invalidTogether } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { nameColumn } from '#meta/table'
import { base64ToBytes } from '../base64-text.ts'
import { validateConditions } from '../conditions-validation.ts'
import { keepSpec, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { validateSignerName } from './certificate-signing-request-validation.ts'
import { isCertificate } from './pem-certificates.ts'
import * as schemas from './schema.v1beta1.gen.ts'
import type * as types from './types.v1beta1.gen.ts'

export type PodCertificateRequest = types.PodCertificateRequest
export const PodCertificateRequest: Kind<PodCertificateRequest> = defineKind({
  apiVersion: 'certificates.k8s.io/v1beta1',
  kind: 'PodCertificateRequest',
  plural: 'podcertificaterequests',
  scope: 'Namespaced',
  schema: schemas.PodCertificateRequest,
  columns: [
    nameColumn,
    { name: 'PodName', type: 'string', describedBy: 'spec.podName', cell: ({ spec }) => spec.podName },
    { name: 'ServiceAccountName', type: 'string', describedBy: 'spec.serviceAccountName', cell: ({ spec }) => spec.serviceAccountName },
    { name: 'NodeName', type: 'string', describedBy: 'spec.nodeName', cell: ({ spec }) => spec.nodeName },
    { name: 'SignerName', type: 'string', describedBy: 'spec.signerName', cell: ({ spec }) => spec.signerName },
    { name: 'State', type: 'string', description: 'Is the request Pending, Issued, Denied, or Failed?', cell: stateOf },
    {
      name: 'UnverifiedUserAnnotations',
      type: 'string',
      describedBy: 'spec.unverifiedUserAnnotations',
      cell: ({ spec }) => textOfMap(spec.unverifiedUserAnnotations),
    },
  ],
  defaults: ({ spec: given, ...request }) => ({
    ...request,
    spec: { ...given, maxExpirationSeconds: given.maxExpirationSeconds ?? daySeconds },
  }),
  prepareCreate: withoutStatus,
  validate: validateRequest,
  update: { prepare: keepStatus, validate: (next, old) => immutable(spec, next.spec, old.spec) },
  status: { prepare: keepSpec, validate: ({ status }) => validateConditions(status.conditions, FieldPath.of('status', 'conditions')) },
  subresources: [statusSubresource('PodCertificateRequest')],
  selectableFields: {
    'spec.signerName': (one) => one.spec.signerName,
    'spec.podName': (one) => one.spec.podName,
    'spec.nodeName': (one) => one.spec.nodeName,
  },
  updatesUnconditionally: false,
})

const spec = FieldPath.of('spec')
const hourSeconds = 3600
const daySeconds = 24 * hourSeconds
const anySignerSecondsMax = 91 * daySeconds

const outcomes = ['Denied', 'Failed', 'Issued']

function stateOf({ status }: PodCertificateRequest): string {
  return outcomes.find((type) => conditionOf(status.conditions, type)?.status === 'True') ?? 'Pending'
}

function textOfMap(map: Readonly<Record<string, string>> = {}): string {
  const entries = Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',')
}

function* validateRequest({ spec: given }: PodCertificateRequest): FieldErrors {
  yield* validateSignerName(given.signerName ?? '')
  for (const [name, uid] of owners) {
    yield* invalidEach(spec.field(name), given[name] ?? '', isDns1123Subdomain(given[name] ?? ''))
    if ((given[uid] ?? '') === '') yield invalid(spec.field(uid), '', 'must not be empty')
  }
  const secondsMax = (given.signerName ?? '').startsWith('kubernetes.io/') ? daySeconds : anySignerSecondsMax
  const { maxExpirationSeconds: seconds } = given
  if (seconds !== undefined && (seconds < hourSeconds || seconds > secondsMax))
    yield invalid(spec.field('maxExpirationSeconds'), seconds, `must be in the range [${hourSeconds}, ${secondsMax}]`)
  for (const key of Object.keys(given.unverifiedUserAnnotations ?? {}))
    if (!/^[^/]+\/[^/]+$/.test(key))
      yield invalid(spec.field('unverifiedUserAnnotations'), key, 'must be a domain-prefixed key (such as "acme.io/foo")')
  yield* validateProof(given)
}

/** Who is asked for: each by name and uid. */
const owners = [
  ['podName', 'podUID'],
  ['serviceAccountName', 'serviceAccountUID'],
  ['nodeName', 'nodeUID'],
] as const

function* validateProof({
  stubPKCS10Request = '',
  pkixPublicKey = '',
  proofOfPossession = '',
}: types.PodCertificateRequestSpec): FieldErrors {
  const isStub = stubPKCS10Request !== '' && pkixPublicKey === '' && proofOfPossession === ''
  const isProof = stubPKCS10Request === '' && pkixPublicKey !== '' && proofOfPossession !== ''
  if (!isStub && !isProof)
    yield invalidTogether(spec, 'exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set')
  if (isStub && !isCertificate(base64ToBytes(stubPKCS10Request)))
    yield invalidTogether(spec.field('stubPKCS10Request'), 'must be a valid PKCS#10 CSR')
}
