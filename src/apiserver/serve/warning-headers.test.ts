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

test('a warning is bytes of UTF-8 in quotes, and none where it has control characters', () => {
  const [first, ...others] = warningHeaders(['a "ü" \\', 'line\nbreak', 'next\u0085line'])
  assert.equal(Buffer.from(first ?? '', 'latin1').toString(), '299 - "a \\"ü\\" \\\\"')
  assert.deepEqual(others, [])
})
