import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAuthority, issueCredential } from './authority.ts'
import { parseCertificate, verifyCertificate } from './certificate.ts'
import { writeCredential } from './key-file.ts'
import { createPrivateKeyPem, publicKeyPemOf, signingKeyOf } from './private-key.ts'
import { createSigningRequest, parseSigningRequest, signRequest } from './signing-request.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const dayMs = 86_400_000
const validity = { nowMs, validForMs: 365 * dayMs }
const subject = { commonName: 'system:node:a', organizations: ['system:nodes', 'extra group, with comma'] }

test('an issued client certificate carries its subject and verifies against its authority only', async () => {
  const authority = await createAuthority('kubernetes', validity)
  const stranger = parseCertificate((await createAuthority('kubernetes', validity)).certificatePem)
  const authorities = [parseCertificate(authority.certificatePem)]
  const issued = await issueCredential(authority, { subject, usages: ['client'], nowMs, validForMs: dayMs })
  const certificate = parseCertificate(issued.certificatePem)

  assert.deepEqual(certificate.subject, subject)
  assert.deepEqual(certificate.usages, ['client'])
  assert.equal(certificate.notAfterMs, nowMs + dayMs)
  assert.equal(certificate.isAuthority, false)
  assert.deepEqual(verifyCertificate(certificate, { authorities, nowMs, usage: 'client' }), { ok: true })

  const reasonWhen = (options: Partial<Parameters<typeof verifyCertificate>[1]>) => {
    const result = verifyCertificate(certificate, { authorities, nowMs, ...options })
    return result.ok ? 'ok' : result.reason
  }
  assert.match(reasonWhen({ usage: 'server' }), /incompatible key usage/)
  assert.match(reasonWhen({ nowMs: nowMs + 2 * dayMs }), /is after 2026-01-02T12:00:00.000Z/)
  assert.match(reasonWhen({ nowMs: nowMs - dayMs }), /is before 2026-01-01T11:55:00.000Z/)
  assert.match(reasonWhen({ authorities: [stranger] }), /unknown authority/)
  assert.match(reasonWhen({ authorities: [certificate] }), /unknown authority/)
})

test('a server certificate names its hosts and never outlives its authority', async () => {
  const authority = await createAuthority('kubernetes', validity)
  const hosts = ['kubernetes.default', '10.96.0.1', '::1', 'kubernetes.default']
  const issued = await issueCredential(authority, { subject, hosts, usages: ['server', 'client'], nowMs, validForMs: 3 * 365 * dayMs })
  const certificate = parseCertificate(issued.certificatePem)
  assert.deepEqual(certificate.hosts, ['kubernetes.default', '10.96.0.1', '0:0:0:0:0:0:0:1'])
  assert.equal(certificate.notAfterMs, parseCertificate(authority.certificatePem).notAfterMs)
})

test('a signing request round-trips and its certificate belongs to the requested key', async () => {
  const authority = await createAuthority('kubernetes', validity)
  const privateKeyPem = await createPrivateKeyPem()
  const pem = await createSigningRequest(privateKeyPem, { subject, hosts: ['node-a', '10.0.0.2'] })
  const request = await parseSigningRequest(pem)
  assert.deepEqual(request.subject, subject)
  assert.deepEqual([request.dnsNames, request.ipAddresses], [['node-a'], ['10.0.0.2']])

  const certificate = parseCertificate(await signRequest(authority, request, { usages: ['client'], nowMs, validForMs: dayMs }))
  assert.equal(certificate.x509.publicKey.export({ type: 'spki', format: 'pem' }), publicKeyPemOf(privateKeyPem))
})

test('what is not a signing request, or was altered, is refused', async () => {
  await assert.rejects(parseSigningRequest('hello'), /must be CERTIFICATE REQUEST/)
  const pem = await createSigningRequest(await createPrivateKeyPem(), { subject })
  const der = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64')
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
  const altered = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
  await assert.rejects(parseSigningRequest(altered), /does not match/)
  assert.throws(() => parseCertificate('hello'), /no PEM block/)
})

test('keys of other tools can sign: SEC 1, PKCS #1, P-384', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString()
  assert.equal(signingKeyOf(rsa).algorithm.name, 'RSASSA-PKCS1-v1_5')
  assert.equal(signingKeyOf(ec).algorithm.hash, 'SHA-384')
})

test('key files are 0600 and replaced as a whole', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-pki-'))
  try {
    await writeCredential(directory, 'ca', { certificatePem: 'old', privateKeyPem: 'old' })
    await writeCredential(directory, 'ca', { certificatePem: 'cert', privateKeyPem: 'key' })
    assert.equal((await stat(join(directory, 'ca.key'))).mode & 0o777, 0o600)
    assert.equal(await readFile(join(directory, 'ca.key'), 'utf8'), 'key')
    assert.equal(await readFile(join(directory, 'ca.crt'), 'utf8'), 'cert')
  } finally {
    await rm(directory, { recursive: true })
  }
})
