import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CertificateSigningRequest } from '#kinds/certificates/certificate-signing-request.kind'
import { removalDueInMs } from './cleaner.ts'

const noon = '2026-01-01T12:00:00Z'
const hourMs = 3_600_000

function request(type: string | undefined, certificate?: string): CertificateSigningRequest {
  const conditions = type === undefined ? [] : [{ type, status: 'True', lastUpdateTime: noon }]
  const metadata = { name: 'csr', creationTimestamp: '2026-01-01T11:00:00Z' }
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata,
    spec: { request: '', signerName: 's' },
    status: { conditions, certificate },
  }
}

for (const [why, type, certificate, want] of [
  ['pending ones stay for a day', undefined, undefined, 23 * hourMs],
  ['approved but unsigned ones as well', 'Approved', undefined, 23 * hourMs],
  ['signed ones for an hour', 'Approved', 'pem', hourMs],
  ['denied ones for an hour', 'Denied', undefined, hourMs],
] as const) {
  test(`certificate requests: ${why}`, () => assert.equal(removalDueInMs(request(type, certificate), Date.parse(noon)), want))
}
