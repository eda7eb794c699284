import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warningHeaders } from './warning-headers.ts'

test('each warning is told once', () => {
  assert.deepEqual(warningHeaders(['a', 'b', 'a']), ['299 - "a"', '299 - "b"'])
})

test('too many warnings are cut and then dropped', () => {
  const headers = warningHeaders(Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(300, 'x')))
  assert.equal(headers.length, 16)
  assert.equal(headers[0], `299 - "${'0'.padEnd(256, 'x')}"`)
})
