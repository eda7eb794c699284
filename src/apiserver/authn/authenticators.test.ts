import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { createAuthority, issueCredential } from '#net/pki/authority'
import { parseCertificates } from '#net/pki/certificate'
import { ObjectState } from '#testing/object-state'
import type { IncomingRequest } from '../exchange.ts'
import { anonymousAuthenticator } from './anonymous.ts'
import { bootstrapTokenAuthenticator } from './bootstrap-token.ts'
import { clientCertificateAuthenticator } from './client-certificate.ts'
import { requestHeaderAuthenticator } from './request-header.ts'
import { parseTokenFile } from './static-token.ts'

const healthPaths = ['/healthz', '/livez', '/readyz']
const signal = new AbortController().signal

function request(parts: Partial<IncomingRequest>): IncomingRequest {
  return { method: 'GET', path: '/', query: new URLSearchParams(), headers: {}, readBody: async () => new Uint8Array(), ...parts }
}

test('a token file has quoted groups, comments and blank lines; a short line is named', () => {
  const tokens = parseTokenFile('# tokens\nt1,alice,u1,"dev, ops"\n\nt2,bob,u2\nt3,carl,u3,one\n')
  assert.deepEqual(
    tokens.map(({ token, user }) => [token, user.name, user.uid, user.groups]),
    [
      ['t1', 'alice', 'u1', ['dev', 'ops']],
      ['t2', 'bob', 'u2', []],
      ['t3', 'carl', 'u3', ['one']],
    ],
  )
  assert.throws(() => parseTokenFile('t1,alice,u1\nt2,bob'), /line 2: expected at least 3 columns/)
  assert.throws(() => parseTokenFile(',alice,u1'), /line 1: the token is empty/)
})

test('a client certificate names its user while it is valid; one of a foreign authority is nobody', async () => {
  const clock = new VirtualClock()
  const validity = { nowMs: clock.nowMs(), validForMs: 3600_000 }
  const [ours, foreign] = [await createAuthority('ours', validity), await createAuthority('foreign', validity)]
  const subject = { commonName: 'system:node:n1', organizations: ['system:nodes'] }
  const der = async (authority: typeof ours, usage: 'client' | 'server') => {
    const { certificatePem } = await issueCredential(authority, { ...validity, validForMs: 60_000, subject, usages: [usage] })
    return new X509Certificate(certificatePem).raw
  }
  const authenticator = clientCertificateAuthenticator({ clock, authorities: () => parseCertificates(ours.certificatePem) })
  const peerCertificate = await der(ours, 'client')
  const user = await authenticator.authenticate(request({ peerCertificate }), signal)
  assert.deepEqual([user?.name, user?.groups], ['system:node:n1', ['system:nodes', 'system:authenticated']])
  assert.equal(await authenticator.authenticate(request({ peerCertificate: await der(foreign, 'client') }), signal), undefined)
  const serverCertificate = await der(ours, 'server')
  assert.throws(() => authenticator.authenticate(request({ peerCertificate: serverCertificate }), signal), { code: 401 })
  await clock.advance(61_000)
  assert.throws(() => authenticator.authenticate(request({ peerCertificate }), signal), { code: 401 })
})

test('a front proxy is believed only with its own certificate and an allowed name', async () => {
  const clock = new VirtualClock()
  const validity = { nowMs: clock.nowMs(), validForMs: 3600_000 }
  const authority = await createAuthority('proxy-ca', validity)
  const credential = await issueCredential(authority, {
    ...validity,
    subject: { commonName: 'front', organizations: [] },
    usages: ['client'],
  })
  const peerCertificate = new X509Certificate(credential.certificatePem).raw
  const options = {
    clock,
    authorities: () => parseCertificates(authority.certificatePem),
    allowedNames: ['front'],
    usernameHeaders: ['X-Remote-User'],
    uidHeaders: ['X-Remote-Uid'],
    groupHeaders: ['X-Remote-Group'],
    extraPrefixes: ['X-Remote-Extra-'],
  }
  const headers = { 'x-remote-user': 'ann', 'x-remote-group': 'a, b', 'x-remote-extra-acme.com%2fproject': 'p' }
  const proxied = requestHeaderAuthenticator(options).authenticate(request({ headers, peerCertificate }), signal)
  assert.deepEqual(proxied, { name: 'ann', groups: ['a', 'b', 'system:authenticated'], extra: { 'acme.com/project': ['p'] } })
  assert.equal(requestHeaderAuthenticator(options).authenticate(request({ headers }), signal), undefined)
  const strict = requestHeaderAuthenticator({ ...options, allowedNames: ['other'] })
  assert.equal(strict.authenticate(request({ headers, peerCertificate }), signal), undefined)
})

for (const [path, paths, isKnown] of [
  ['/healthz', healthPaths, true],
  ['/livez/ping', healthPaths, false],
  ['/healthzz', healthPaths, false],
  ['/api', healthPaths, false],
  ['/api', undefined, true],
] as const) {
  test(`anonymous ${path} with ${paths === undefined ? 'every path' : 'health'} open: ${isKnown}`, () => {
    const user = anonymousAuthenticator(paths).authenticate(request({ path }), signal)
    assert.equal(user !== undefined, isKnown)
  })
}

for (const [why, change, want] of [
  ['as it should be', {}, 'system:bootstrap:abcdef'],
  ['expired', { expiration: '2025-01-01T00:00:00Z' }, undefined],
  ['with a date that nobody can read', { expiration: 'soon' }, undefined],
  ['not meant for authentication', { 'usage-bootstrap-authentication': 'false' }, undefined],
  ['with another secret', { 'token-secret': 'x123456789abcdef' }, undefined],
  ['with a group outside of the bootstrappers', { 'auth-extra-groups': 'system:masters' }, undefined],
] as const) {
  test(`a bootstrap token ${why}: ${want}`, async () => {
    const plain = {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default',
      ...change,
    }
    const data = Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'bootstrap.kubernetes.io/token',
      metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
      data,
    }
    const authenticator = bootstrapTokenAuthenticator({ state: new ObjectState([secret]), clock: new VirtualClock() })
    const verdict = await authenticator.check('abcdef.0123456789abcdef', ['x'], signal)
    assert.equal(verdict.kind === 'accepted' ? verdict.user.name : undefined, want)
  })
}
