import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '#meta/status'
import { decodeContinue, encodeContinue } from './continue-token.ts'

test('a continue token says what went into it', () => {
  assert.deepEqual(decodeContinue(encodeContinue(42, 'ns/name')), { revision: 42, afterKey: 'ns/name' })
})

test("upstream's token is read", () => {
  const token = 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTA5MCwic3RhcnQiOiIvYzNcdTAwMDAifQ'
  assert.deepEqual(decodeContinue(token), { revision: 1090, afterKey: 'c3' })
})

for (const token of ['garbage', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ', '', '!!!', 'bnVsbA']) {
  test(`${JSON.stringify(token)} is no continue token`, () => {
    assert.throws(
      () => decodeContinue(token),
      (error) => error instanceof StatusError && error.code === 400,
    )
  })
}
