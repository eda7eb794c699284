import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { createPrivateKeyPem } from '#net/pki/private-key'
import { ObjectState } from '#testing/object-state'
import { jsonWebKeySetOf, signingKeyOf, verificationKeysOf } from '../tokens/service-account-keys.ts'
import { issueToken, type TokenRequestDeps } from '../tokens/token-request.ts'
import { bearerTokenAuthenticator } from './bearer-token.ts'
import { serviceAccountTokenAuthenticator } from './service-account-token.ts'
import { checkToken } from './token-authenticator.ts'

const issuer = 'https://kubernetes.default.svc.cluster.local'
const ref = { namespace: 'a', name: 'bot' }
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'bot', namespace: 'a', uid: 'sa-1' } }
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a', uid: 'pod-1' },
  spec: { serviceAccountName: 'bot', nodeName: 'n', containers: [] },
}
const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'node-1' } }
const boundToPod = { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'pod-1' } }

const signal = new AbortController().signal
const keyPems = { rsa: await createPrivateKeyPem('rsa-2048'), ec: await createPrivateKeyPem('ecdsa-p256') }

function world(pem = keyPems.rsa) {
  const state = new ObjectState([account, pod, node])
  const clock = new VirtualClock()
  const deps: TokenRequestDeps = {
    state,
    clock,
    random: seededRandom(1),
    key: signingKeyOf(pem),
    issuer,
    audiences: [issuer],
    extendsExpiration: true,
  }
  const tokens = [serviceAccountTokenAuthenticator({ issuers: [issuer], keys: verificationKeysOf(pem), state, clock })]
  const check = (token: string, audiences = [issuer]) => checkToken(tokens, token, audiences, signal)
  return { state, clock, deps, tokens, check }
}

function request(spec: TokenRequest['spec'] = {}): TokenRequest {
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec, status: {} }
}

async function tokenFor(deps: TokenRequestDeps, spec?: TokenRequest['spec']): Promise<string> {
  return (await issueToken(ref, request(spec), deps)).status.token ?? ''
}

for (const algorithm of ['rsa', 'ec'] as const) {
  test(`a token signed with ${algorithm} names its account, its groups and its pod`, async () => {
    const { deps, check } = world(keyPems[algorithm])
    const outcome = await check(await tokenFor(deps, boundToPod))
    assert.ok(outcome.authenticated)
    const { 'authentication.kubernetes.io/credential-id': id, ...extra } = outcome.user.extra ?? {}
    assert.match(id?.[0] ?? '', /^JTI=[0-9a-f-]{36}$/)
    assert.deepEqual(
      { ...outcome.user, extra },
      {
        name: 'system:serviceaccount:a:bot',
        uid: 'sa-1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/pod-name': ['p'],
          'authentication.kubernetes.io/pod-uid': ['pod-1'],
          'authentication.kubernetes.io/node-name': ['n'],
          'authentication.kubernetes.io/node-uid': ['node-1'],
        },
      },
    )
  })
}

test('a token ends with its time, its pod and its account', async () => {
  const { deps, check, clock, state } = world()
  const token = await tokenFor(deps, boundToPod)
  assert.equal((await check(token)).authenticated, true)
  state.remove(pod)
  assert.deepEqual(await check(token), { authenticated: false, errors: ['service account token has been invalidated'] })
  state.put({ ...pod, metadata: { ...pod.metadata, uid: 'pod-2' } })
  assert.deepEqual(await check(token), {
    authenticated: false,
    errors: ['pod UID (pod-2) does not match service account pod ref claim (pod-1)'],
  })
  state.put(pod)
  assert.equal((await check(token)).authenticated, true)
  state.remove(account)
  assert.deepEqual(await check(token), { authenticated: false, errors: ['serviceaccounts "bot" not found'] })
  state.put(account)
  await clock.advance(3600_000 + 61_000)
  assert.deepEqual(await check(token), { authenticated: false, errors: ['service account token has expired'] })
})

test('a token is good for its audiences only', async () => {
  const { deps, check } = world()
  const token = await tokenFor(deps, { audiences: ['x'] })
  assert.deepEqual(await check(token), {
    authenticated: false,
    errors: [`token audiences ["x"] is invalid for the target audiences ["${issuer}"]`],
  })
  const reviewed = await check(token, ['x', 'y'])
  assert.deepEqual(reviewed.authenticated && reviewed.audiences, ['x'])
})

test('a token of another key, a changed token and nonsense are refused or passed on', async () => {
  const { deps, check } = world()
  const token = await tokenFor(deps)
  const foreign = await tokenFor({ ...deps, key: signingKeyOf(await createPrivateKeyPem('rsa-2048')) })
  const [head = '', , signature = ''] = token.split('.')
  const changed = [head, Buffer.from(JSON.stringify({ iss: issuer, sub: 'root' })).toString('base64url'), signature].join('.')
  for (const bad of [foreign, changed]) assert.deepEqual(await check(bad), { authenticated: false, errors: ['invalid bearer token'] })
  for (const other of ['nope', 'a.b.c', '']) assert.deepEqual(await check(other), { authenticated: false, errors: [] })
})

test('a request with a wrong token is refused, one without a token goes on', async () => {
  const { tokens } = world()
  const authenticator = bearerTokenAuthenticator(tokens, [issuer])
  const requestWith = (headers: { readonly authorization?: string }) => ({ headers }) as never
  await assert.rejects(async () => authenticator.authenticate(requestWith({ authorization: 'Bearer nope' }), signal), {
    code: 401,
    message: 'Unauthorized',
  })
  for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: 'Basic YTpi' }, { authorization: 'Nonsense x' }]) {
    assert.equal(await authenticator.authenticate(requestWith(headers), signal), undefined)
  }
})

for (const [why, spec, code, message] of [
  [
    'too short',
    { expirationSeconds: 5 },
    422,
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
  ],
  [
    'too long',
    { expirationSeconds: 2 ** 32 + 1 },
    422,
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
  ],
  ['bound to a missing pod', { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'zz' } }, 404, 'pods "zz" not found'],
  [
    'bound to a wrong kind',
    { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'zz' } },
    400,
    'cannot bind token to object of type /v1, Kind=ConfigMap',
  ],
  [
    'bound to another uid',
    { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'zz' } },
    409,
    'Operation cannot be fulfilled on Pod "p": the UID in the bound object reference (zz) does not match the UID in record. The object might have been deleted and then recreated',
  ],
] as const) {
  test(`a token request is refused when ${why}`, async () => {
    await assert.rejects(issueToken(ref, request(spec), world().deps), { code, message })
  })
}

test('the token of a kubelet lives a year but says that it should not', async () => {
  const { deps } = world()
  const answer = await issueToken(ref, request({ ...boundToPod, expirationSeconds: 3607 }), deps)
  const claims = JSON.parse(Buffer.from(answer.status.token?.split('.')[1] ?? '', 'base64url').toString())
  assert.equal(claims.exp - claims.iat, 365 * 24 * 3600)
  assert.equal(claims['kubernetes.io'].warnafter - claims.iat, 3607)
  assert.equal(Date.parse(answer.status.expirationTimestamp ?? '') / 1000 - claims.iat, 3607)
})

test('the key set names every key once, by the id that tokens carry', () => {
  const keys = [...verificationKeysOf(keyPems.rsa), ...verificationKeysOf(keyPems.ec), ...verificationKeysOf(keyPems.rsa)]
  const set = jsonWebKeySetOf(keys).keys as readonly { readonly kid: string; readonly alg: string; readonly d?: string }[]
  assert.deepEqual(
    set.map((key) => [key.kid, key.alg, key.d]),
    [
      [signingKeyOf(keyPems.rsa).keyId, 'RS256', undefined],
      [signingKeyOf(keyPems.ec).keyId, 'ES256', undefined],
    ],
  )
})
