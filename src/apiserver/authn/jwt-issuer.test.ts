import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { SignJWT } from 'jose'
import { VirtualClock } from '#base/env/virtual-clock'
import { createPrivateKeyPem } from '#net/pki/private-key'
import type { ReviewClient } from '../webhooks/review-client.ts'
import { authenticationConfiguration } from './authentication-configuration.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { type JwtIssuerOptions, jwtIssuerAuthenticator } from './jwt-issuer.ts'
import { tokenWebhookAuthenticator } from './token-webhook.ts'

const { signal } = new AbortController()
const url = 'https://issuer.example'
const pem = await createPrivateKeyPem('rsa-2048')
const keys = { keyFor: async () => createPublicKey(pem) } as unknown as IssuerKeys
const clock = new VirtualClock()
const nowSeconds = Math.floor(clock.nowMs() / 1000)

const options: JwtIssuerOptions = {
  url,
  audiences: ['me', 'other'],
  algorithms: ['RS256'],
  requiredClaims: { team: 'red' },
  username: { claim: 'sub', prefix: `${url}#` },
  groups: { claim: 'roles', prefix: 'oidc:' },
  uidClaim: 'id',
}
const claims = { iss: url, aud: 'me', sub: 'jane', roles: ['a', 'b'], id: 'u1', team: 'red', exp: nowSeconds + 60 }

function token(changes: object = {}, algorithm = 'RS256'): Promise<string> {
  return new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: algorithm }).sign(createPrivateKey(pem))
}

async function verdictOf(text: string, changes: Partial<JwtIssuerOptions> = {}, audiences: readonly string[] = ['api']) {
  return await jwtIssuerAuthenticator({ ...options, ...changes }, { clock, keys, audiences: ['api'] }).check(text, audiences, signal)
}

test('a good token names the user, the groups and the uid', async () => {
  const user = { name: `${url}#jane`, groups: ['oidc:a', 'oidc:b'], uid: 'u1' }
  assert.deepEqual(await verdictOf(await token()), { kind: 'accepted', user, audiences: ['api'] })
})

for (const [why, changes, want] of [
  ['another issuer', { iss: 'https://else' }, 'pass'],
  ['another audience', { aud: 'x' }, 'refused'],
  ['one of several audiences', { aud: ['x', 'other'] }, 'accepted'],
  ['an old token', { exp: nowSeconds - 1 }, 'refused'],
  ['one without an end', { exp: undefined }, 'refused'],
  ['a missing claim', { team: undefined }, 'refused'],
  ['another value of a claim', { team: 'blue' }, 'refused'],
  ['no name', { sub: undefined }, 'refused'],
  ['one group', { roles: 'a' }, 'accepted'],
] as const) {
  test(`a token of an issuer: ${why} is ${want}`, async () => {
    assert.equal((await verdictOf(await token(changes))).kind, want)
  })
}

test('a mail address has to be verified, algorithms are those that were chosen, and audiences those of this server', async () => {
  const byMail = { username: { claim: 'email', prefix: '' } }
  assert.equal((await verdictOf(await token({ email: 'a@b', email_verified: false }), byMail)).kind, 'refused')
  assert.equal((await verdictOf(await token({ email: 'a@b', email_verified: true }), byMail)).kind, 'accepted')
  assert.equal((await verdictOf(await token({}, 'RS384'))).kind, 'refused')
  assert.equal((await verdictOf(await token(), {}, ['elsewhere'])).kind, 'pass')
  assert.equal((await verdictOf('nonsense')).kind, 'pass')
})

const jwt = {
  issuer: { url, audiences: ['me'] },
  claimMappings: { username: { claim: 'sub', prefix: '' }, groups: { claim: 'g', prefix: 'p:' }, uid: { claim: 'id' } },
  claimValidationRules: [{ claim: 'team', requiredValue: 'red' }],
}

test('the configuration file says issuers and who may be anonymous', () => {
  const { issuers, anonymous } = authenticationConfiguration('f', {
    jwt: [jwt],
    anonymous: { enabled: true, conditions: [{ path: '/livez' }] },
  })
  assert.partialDeepStrictEqual(issuers[0], { url, requiredClaims: { team: 'red' }, groups: { claim: 'g', prefix: 'p:' }, uidClaim: 'id' })
  assert.deepEqual(anonymous, { isEnabled: true, paths: ['/livez'] })
  assert.equal(authenticationConfiguration('f', {}).anonymous, undefined)
})

for (const [why, document, message] of [
  ['one issuer twice', { jwt: [jwt, jwt] }, /Duplicate value/],
  ['plain http', { jwt: [{ ...jwt, issuer: { ...jwt.issuer, url: 'http://x' } }] }, /URL scheme must be https/],
  ['no audience', { jwt: [{ ...jwt, issuer: { url } }] }, /at least one audience/],
  ['a name without a word on its prefix', { jwt: [{ ...jwt, claimMappings: { username: { claim: 'sub' } } }] }, /prefix: expected a text/],
  ['expressions', { jwt: [{ ...jwt, userValidationRules: [{ expression: 'true' }] }] }, /expressions are not supported/],
  [
    'conditions where nobody is anonymous',
    { anonymous: { enabled: false, conditions: [{ path: '/x' }] } },
    /enabled should be set to true/,
  ],
] as const) {
  test(`the configuration file is refused: ${why}`, () => {
    assert.throws(() => authenticationConfiguration('f', document), message)
  })
}

for (const [why, status, wanted, want] of [
  [
    'a user',
    { authenticated: true, user: { username: 'x', groups: ['g'], uid: 'u', extra: { k: ['v'] } } },
    ['api'],
    { name: 'x', groups: ['g'], uid: 'u', extra: { k: ['v'] } },
  ],
  ['nobody', { authenticated: false }, ['api'], 'pass'],
  ['nobody, and why', { authenticated: false, error: 'old' }, ['api'], 'refused'],
  ['a user for another audience', { authenticated: true, user: { username: 'x' }, audiences: ['y'] }, ['api'], 'pass'],
] as const) {
  test(`the token service answers ${why}`, async () => {
    const asked: unknown[] = []
    const client: ReviewClient = { post: async (review) => (asked.push(review), { status }) }
    const authenticator = tokenWebhookAuthenticator({ client, version: 'v1', rememberedMs: 1000, clock, audiences: ['api'] })
    const verdict = await authenticator.check('t', wanted, signal)
    assert.deepEqual(verdict.kind === 'accepted' ? verdict.user : verdict.kind, want)
    await authenticator.check('t', wanted, signal)
    assert.equal(asked.length, 1)
  })
}
