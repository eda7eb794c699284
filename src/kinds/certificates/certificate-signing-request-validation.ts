/** What certificate signing requests have to keep (upstream: pkg/apis/certificates/validation). */
import { duplicate, type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required, tooLong } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { base64ToBytes } from '../base64-text.ts'
import type { CertificateSigningRequest } from './types.gen.ts'

const spec = FieldPath.of('spec')
const conditionsAt = FieldPath.of('status', 'conditions')
const expirationSecondsMin = 600
const legacySigner = 'kubernetes.io/legacy-unknown'

/** In the order in which errors list them. */
const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

export function* validateRequest({ spec: given }: CertificateSigningRequest): FieldErrors {
  yield* validatePem(given.request)
  if ((given.usages ?? []).length === 0) yield required(spec.field('usages'))
  yield* validateUsages(given.usages ?? [])
  if (given.signerName === legacySigner)
    yield invalid(spec.field('signerName'), given.signerName, 'the legacy signerName is not allowed via this API version')
  else yield* validateSignerName(given.signerName ?? '')
  const { expirationSeconds } = given
  if (expirationSeconds !== undefined && expirationSeconds < expirationSecondsMin) {
    yield invalid(spec.field('expirationSeconds'), expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')
  }
}

export function* validateRequestStatus(next: CertificateSigningRequest, old: CertificateSigningRequest): FieldErrors {
  const at = FieldPath.of('status', 'certificate')
  const isChanged = next.status.certificate !== old.status.certificate
  yield* validateConditions(next)
  if (next.status.certificate && isChanged) yield* validateCertificate(next.status.certificate, at)
  yield* validateKept(next, old)
  yield* validateUndecided(next, old)
  if (old.status.certificate && isChanged) yield forbiddenField(at, 'updates may not modify existing certificate content')
}

export function* validateApproval(next: CertificateSigningRequest, old: CertificateSigningRequest): FieldErrors {
  yield* validateConditions(next)
  yield* validateKept(next, old)
}

/** What has been decided stays so. */
function* validateKept(next: CertificateSigningRequest, old: CertificateSigningRequest): FieldErrors {
  for (const type of decisions) {
    if (countOf(next, type) < countOf(old, type)) yield forbiddenField(conditionsAt, `updates may not remove a condition of type "${type}"`)
  }
}

/** A signer, who writes the status, may not decide. */
function* validateUndecided(next: CertificateSigningRequest, old: CertificateSigningRequest): FieldErrors {
  for (const type of ['Approved', 'Denied'] as const) {
    if (countOf(next, type) > countOf(old, type)) yield forbiddenField(conditionsAt, `updates may not add a condition of type "${type}"`)
  }
}

const decisions = ['Approved', 'Denied', 'Failed'] as const
const decidesFor: ReadonlySet<string> = new Set(decisions)

function countOf({ status }: CertificateSigningRequest, type: string): number {
  return (status.conditions ?? []).filter((condition) => condition.type === type).length
}

/** As upstream, errors do not show the certificate. */
function* validateCertificate(certificate: string, at: FieldPath): FieldErrors {
  const text = new TextDecoder().decode(base64ToBytes(certificate))
  const types = [...text.matchAll(/-----BEGIN ([^-]+)-----[\s\S]+?-----END \1-----/g)].map(([, type]) => type)
  const other = types.find((type) => type !== 'CERTIFICATE')
  if (other !== undefined) yield invalid(at, '<certificate data>', `only CERTIFICATE PEM blocks are allowed, found "${other}"`)
  else if (types.length === 0) yield invalid(at, '<certificate data>', 'must contain at least one CERTIFICATE PEM block')
}

function* validatePem(request: string | undefined): FieldErrors {
  const text = request ? new TextDecoder().decode(base64ToBytes(request)) : ''
  const isRequest = /-----BEGIN CERTIFICATE REQUEST-----[\s\S]+-----END CERTIFICATE REQUEST-----/.test(text)
  if (!isRequest) yield invalid(spec.field('request'), request || null, 'PEM block type must be CERTIFICATE REQUEST')
}

function* validateUsages(given: readonly string[]): FieldErrors {
  const seen = new Set<string>()
  for (const [index, usage] of given.entries()) {
    const at = spec.field('usages').index(index)
    if (!usages.includes(usage)) yield notSupported(at, usage, usages)
    if (seen.has(usage)) yield duplicate(at, usage)
    seen.add(usage)
  }
}

const domainBytesMax = 253

/** `domain/path`: both made of labels; the first bad one is told. */
export function* validateSignerName(name: string): FieldErrors {
  const at = spec.field('signerName')
  if (name === '') return yield required(at)
  const [domain = '', path = '', ...rest] = name.split('/')
  if (!name.includes('/') || rest.length > 0)
    return yield invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
  if (domain.length > domainBytesMax) yield tooLong(at, domainBytesMax)
  yield* validateLabels(domain, isDns1123Label, at)
  if (!domain.includes('.')) yield invalid(at, domain, 'should be a domain with at least two segments separated by dots')
  yield* validateLabels(path, isDns1123Subdomain, at)
}

function* validateLabels(text: string, rule: (label: string) => readonly string[], at: FieldPath): FieldErrors {
  const bad = text.split('.').find((label) => rule(label).length > 0)
  if (bad !== undefined) for (const message of rule(bad)) yield invalid(at, text, `validating label ${JSON.stringify(bad)}: ${message}`)
}

/** One of each type; nobody can approve and deny at once. */
function* validateConditions({ status }: CertificateSigningRequest): FieldErrors {
  const seen = new Set<string>()
  for (const [index, { type, status: truth }] of (status.conditions ?? []).entries()) {
    const at = conditionsAt.index(index)
    if (type === '') yield required(at.field('type'))
    if ((truth ?? '') === '') yield required(at.field('status'))
    else if (decidesFor.has(type) && truth !== 'True') yield notSupported(at.field('status'), truth, ['True'])
    else if (!['True', 'False', 'Unknown'].includes(truth ?? ''))
      yield notSupported(at.field('status'), truth, ['False', 'True', 'Unknown'])
    if (seen.has(type)) yield duplicate(at.field('type'), type)
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    if (opposite !== undefined && seen.has(opposite))
      yield invalid(conditionsAt, type, 'Approved and Denied conditions are mutually exclusive')
    seen.add(type)
  }
}
