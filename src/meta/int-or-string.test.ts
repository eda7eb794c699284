import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scaledValue } from './int-or-string.ts'

for (const [value, total, rounding, want] of [
  [3, 10, 'up', 3],
  ['25%', 10, 'up', 3],
  ['25%', 10, 'down', 2],
  ['100%', 7, 'down', 7],
  ['x', 10, 'up', undefined],
] as const) {
  test(`${value} of ${total} rounded ${rounding} is ${want}`, () => assert.equal(scaledValue(value, total, rounding), want))
}
