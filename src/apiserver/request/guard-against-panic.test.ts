import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Log } from '#base/env/log'
import { silentLog } from '#base/env/log'
import { timeout } from '#meta/status'
import { StoreError } from '#store/store-error'
import { exchangeOf, requestOf } from '#testing/exchange'
import { guardAgainstPanic } from './guard-against-panic.ts'

function deep(): number {
  return deep() + 1
}

for (const [why, fail, status, lines] of [
  ['a bug is a 500 and one line', () => assert.fail('a bug'), 500, 1],
  ['a value that is no error, too', () => Promise.reject('text'), 500, 1],
  ['a store that fails is a 500', () => Promise.reject(new StoreError('Unavailable', 'gone')), 500, 1],
  ['a failure keeps its status', () => Promise.reject(timeout('late')), 504, 0],
  ['what is nested too deep for the stack is a bad request', deep, 400, 0],
] as const) {
  test(`guardAgainstPanic: ${why}`, async () => {
    let errorCount = 0
    const log: Log = { ...silentLog, error: () => void errorCount++ }
    const answer = await guardAgainstPanic(log)(exchangeOf(requestOf('GET /x')), async () => (await fail()) as never)
    assert.equal(answer.status, status)
    assert.equal(errorCount, lines)
  })
}
