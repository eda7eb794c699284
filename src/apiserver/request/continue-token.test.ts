import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '#meta/status'
import { decodeContinue, encodeContinue } from './continue-token.ts'

test('a continue token says what went into it', () => {
  const token = { revision: 42, afterKey: '/registry/things/ns/name' }
  for (const prefix of ['/registry/things/', '/registry/things/ns/']) {
    assert.deepEqual(decodeContinue(encodeContinue(token, prefix), prefix), token)
  }
})

test("upstream's token is read", () => {
  const token = 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTA5MCwic3RhcnQiOiIvYzNcdTAwMDAifQ'
  assert.deepEqual(decodeContinue(token, '/registry/configmaps/a/'), { revision: 1090, afterKey: '/registry/configmaps/a/c3' })
})

for (const [token, why] of [
  ['garbage', "invalid character '\\u0081' looking for beginning of value"],
  ['eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ', 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
  ['', 'unexpected end of JSON input'],
  ['ab!', 'illegal base64 data at input byte 2'],
  ['bnVsbA', 'it is no token of this server'],
] as const) {
  test(`${JSON.stringify(token)} is no continue token`, () => {
    assert.throws(
      () => decodeContinue(token, '/registry/configmaps/a/'),
      (error) =>
        error instanceof StatusError && error.code === 400 && error.message === `invalid continue token: continue key is not valid: ${why}`,
    )
  })
}
