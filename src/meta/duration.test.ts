import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDurationMs, parseDurationMs } from './duration.ts'

for (const [text, wantMs, formatted] of [
  ['0', 0, '0s'],
  ['1h30m', 5_400_000, '1h30m0s'],
  ['-1.5s', -1500, '-1.5s'],
  ['20ms', 20, '20ms'],
  ['90s', 90_000, '1m30s'],
  ['1us', 0.001, '1µs'],
] as const) {
  test(`${text} is ${wantMs} ms and prints ${formatted}`, () => {
    assert.equal(parseDurationMs(text), wantMs)
    assert.equal(formatDurationMs(wantMs), formatted)
  })
}

test('what has no unit, or two signs, is no duration', () => {
  for (const text of ['', '1', '1x', '--1s', '1h-1m']) assert.equal(parseDurationMs(text), undefined)
})
