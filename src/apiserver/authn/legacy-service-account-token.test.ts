import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { SignJWT } from 'jose'
import { VirtualClock } from '#base/env/virtual-clock'
import type { KubeObject } from '#meta/object'
import { createPrivateKeyPem } from '#net/pki/private-key'
import { ObjectState } from '#testing/object-state'
import { verificationKeysOf } from '../tokens/service-account-keys.ts'
import { legacyServiceAccountTokenAuthenticator } from './legacy-service-account-token.ts'

const { signal } = new AbortController()
const pem = await createPrivateKeyPem('rsa-2048')
const keys = verificationKeysOf(pem)
const claims = {
  iss: 'kubernetes/serviceaccount',
  sub: 'system:serviceaccount:a:bot',
  'kubernetes.io/serviceaccount/namespace': 'a',
  'kubernetes.io/serviceaccount/secret.name': 's',
  'kubernetes.io/serviceaccount/service-account.name': 'bot',
  'kubernetes.io/serviceaccount/service-account.uid': 'u1',
}
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'a', name: 'bot', uid: 'u1' } }

function signed(changes: object = {}): Promise<string> {
  return new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'RS256' }).sign(createPrivateKey(pem))
}

function secretOf(token: string, metadata: object = {}): KubeObject {
  const data = { token: Buffer.from(token).toString('base64') }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'a', name: 's', ...metadata }, data } as KubeObject
}

async function outcome(token: string, objects: readonly KubeObject[], audiences: readonly string[] = ['api']) {
  const noted: object[] = []
  const labelSecret = (_: unknown, labels: object) => noted.push(labels)
  const options = { keys, state: new ObjectState(objects), clock: new VirtualClock(), audiences: ['api'], labelSecret }
  const verdict = await legacyServiceAccountTokenAuthenticator(options).check(token, audiences, signal)
  return { verdict, noted }
}

test('a token of a secret is its account, and the secret learns the day of its use, once', async () => {
  const token = await signed()
  const { verdict, noted } = await outcome(token, [account, secretOf(token)])
  const groups = ['system:serviceaccounts', 'system:serviceaccounts:a']
  assert.deepEqual(verdict, { kind: 'accepted', user: { name: claims.sub, uid: 'u1', groups }, audiences: ['api'] })
  const [labels] = noted
  assert.match(JSON.stringify(labels), /^\{"kubernetes.io\/legacy-token-last-used":"\d{4}-\d\d-\d\d"\}$/)
  assert.deepEqual((await outcome(token, [account, secretOf(token, { labels })])).noted, [])
})

const token = await signed()
const foreign = await signed({ iss: 'else' })
const invalid = { labels: { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' } }
for (const [why, text, objects, want] of [
  ['another issuer', foreign, [account], 'pass'],
  ['no secret', token, [account], 'Token has been invalidated'],
  ['another token in the secret', token, [account, secretOf('x')], "Token does not match server's copy"],
  ['no account', token, [secretOf(token)], 'serviceaccounts "bot" not found'],
  [
    'another account of that name',
    token,
    [{ ...account, metadata: { ...account.metadata, uid: 'u2' } }, secretOf(token)],
    'ServiceAccount UID (u2) does not match claim (u1)',
  ],
  ['another subject', await signed({ sub: 'x' }), [account], 'sub claim is invalid'],
  ['no uid', await signed({ 'kubernetes.io/serviceaccount/service-account.uid': '' }), [account], 'serviceAccountUID claim is missing'],
  ['a broken signature', `${token.slice(0, -6)}AAAAAA`, [account, secretOf(token)], 'invalid bearer token'],
] as const) {
  test(`a token of a secret: ${why}`, async () => {
    const { verdict } = await outcome(text, objects)
    assert.equal(verdict.kind === 'refused' ? verdict.reason : verdict.kind, want)
  })
}

test('a token that was marked invalid, and one for another audience', async () => {
  const { verdict } = await outcome(token, [account, secretOf(token, invalid)])
  assert.match(
    verdict.kind === 'refused' ? verdict.reason : '',
    /^the token in secret a\/s for service account a\/bot has been marked invalid/,
  )
  assert.equal((await outcome(token, [account, secretOf(token)], ['elsewhere'])).verdict.kind, 'pass')
})
