import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FieldPath } from '#meta/field-path'
import { parseJson } from '#meta/schema/json'
import { validateBetween, validateNotNegative, validatePositive } from './number-validation.ts'

const at = FieldPath.of('x')

for (const [text, isNegative, isPositive] of [
  ['0', false, false],
  ['-1', true, false],
  ['9223372036854775807', false, true],
  ['-9223372036854775808', true, false],
] as const) {
  test(`limits of ${text}, also where it is kept by its digits`, () => {
    const value = parseJson(text).value as number
    assert.equal([...validateNotNegative(value, at)].length, isNegative ? 1 : 0)
    assert.equal([...validatePositive(value, at)].length, isPositive ? 0 : 1)
    assert.equal([...validateBetween(value, -1, 5, at)].length, text.length > 2 ? 1 : 0)
  })
}
