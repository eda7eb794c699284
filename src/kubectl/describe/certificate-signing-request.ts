/** A certificate signing request: who asks for a certificate, and in whose name. */
import 'reflect-metadata'
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from '@peculiar/x509'
import type { CertificateSigningRequest } from '#kinds/certificates/types.gen'
import { formatLabels } from '#meta/labels'
import { humanDuration } from '#meta/table'
import { type Lines, labelLines, listLines, longTime, onlyIf } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeSigningRequest(request: CertificateSigningRequest, around: Surroundings): Promise<Lines> {
  const { metadata, spec } = request
  const { username = '', signerName, expirationSeconds } = spec
  return [
    `Name:\t${metadata.name ?? ''}`,
    ...labelLines('Labels', metadata.labels),
    ...`Annotations:\t${formatLabels(metadata.annotations)}`.split('\n'),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    `Requesting User:\t${username}`,
    ...onlyIf(!!signerName, `Signer:\t${signerName}`),
    ...onlyIf(expirationSeconds !== undefined, `Requested Duration:\t${humanDuration((expirationSeconds ?? 0) * 1000)}`),
    `Status:\t${statusOf(request)}`,
    ...contentLines(Buffer.from(spec.request, 'base64').toString()),
    ...(await around.events(request)),
  ]
}

/** What was decided, and whether there is a certificate. */
function statusOf({ status }: CertificateSigningRequest): string {
  const types = (status?.conditions ?? []).map(({ type }) => type)
  const decided = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending'
  const failed = types.includes('Failed') ? ',Failed' : ''
  return `${decided}${failed}${status?.certificate ? ',Issued' : ''}`
}

/** Attributes of a subject, by their object identifiers, in the order in which they are shown. */
const attributes: readonly (readonly [title: string, identifier: string, isAlwaysShown: boolean])[] = [
  ['Common Name', '2.5.4.3', true],
  ['Serial Number', '2.5.4.5', true],
  ['Organization', '2.5.4.10', false],
  ['Organizational Unit', '2.5.4.11', false],
  ['Country', '2.5.4.6', false],
  ['Locality', '2.5.4.7', false],
  ['Province', '2.5.4.8', false],
  ['StreetAddress', '2.5.4.9', false],
  ['PostalCode', '2.5.4.17', false],
]

const nameTypes: readonly (readonly [title: string, type: string])[] = [
  ['DNS Names', 'dns'],
  ['Email Addresses', 'email'],
  ['URIs', 'url'],
  ['IP Addresses', 'ip'],
]

function contentLines(pem: string): Lines {
  const content = new Pkcs10CertificateRequest(pem)
  const subject = attributes.flatMap(([title, identifier, isAlwaysShown]) => {
    const values = content.subjectName.getField(identifier)
    if (values.length > 0) return listLines(title, values)
    return isAlwaysShown ? [`${title}:\t`] : []
  })
  const names = content.extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension)?.names.items ?? []
  const alternatives = nameTypes.flatMap(([title, wanted]) => {
    const values = names.filter(({ type }) => type === wanted).map(({ value }) => value)
    return values.length === 0 ? [] : listLines(title, values)
  })
  return [
    'Subject:',
    ...inSecondColumn(subject),
    ...(alternatives.length === 0 ? [] : ['Subject Alternative Names:', ...inSecondColumn(alternatives)]),
  ]
}

/** As upstream: an empty cell in front, instead of an indentation. */
function inSecondColumn(lines: Lines): Lines {
  return lines.map((line) => `\t${line}`)
}
