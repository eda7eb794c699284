import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityToNumber,
  quantityValue,
  roundUpToMilli,
  subtractQuantity,
} from './quantity.ts'

for (const [text, want] of [
  ['0', '0'],
  ['1', '1'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['1.5', '1500m'],
  ['0.1m', '100u'],
  ['100000', '100k'],
  ['1024', '1024'],
  ['1024Ki', '1Mi'],
  ['0.5Gi', '512Mi'],
  ['1.5Gi', '1536Mi'],
  ['512Ki', '512Ki'],
  ['0.5Ki', '512'],
  ['1e3', '1e3'],
  ['12e2', '1200'],
  ['1000e3', '1e6'],
  ['-1', '-1'],
  ['+5k', '5k'],
  ['.5', '500m'],
  ['5.', '5'],
  ['100E', '100E'],
  ['0.1n', '1n'],
  ['1Ei', '1Ei'],
  ['Ki', '0'],
  ['-', '0'],
] as const) {
  test(`${text} is written ${want}`, () => assert.equal(canonicalQuantity(text), want))
}

for (const [text, message] of [
  ['', /regular expression/],
  ['abc', /regular expression/],
  ['1.2.3', /regular expression/],
  ['e-10', /numeric part/],
  ['1kk', /suffix/],
  ['1e', /suffix/],
  ['1e99999', /suffix/],
] as const) {
  test(`${JSON.stringify(text)} is no quantity`, () => assert.throws(() => parseQuantity(text), message))
}

test('comparison sees the value, not the way it is written', () => {
  assert.equal(compareQuantity('1', '1000m'), 0)
  assert.equal(compareQuantity('1Ki', '1k'), 1)
  assert.equal(compareQuantity('-1', '0'), -1)
})

test('sums and differences are exact and keep the suffixes of the first', () => {
  assert.equal(addQuantity('0.1', '0.2'), '300m')
  assert.equal(addQuantity('1Gi', '512M'), '1548576Ki')
  assert.equal(addQuantity('0', '1Gi'), '1Gi')
  assert.equal(subtractQuantity('4', '250m'), '3750m')
})

test('whole values and thousandths are rounded up', () => {
  assert.equal(quantityValue('1100m'), 2n)
  assert.equal(quantityMilliValue('0.1m'), 1n)
  assert.equal(quantityMilliValue('2'), 2000n)
  assert.equal(quantityToNumber('250m'), 0.25)
  assert.equal(roundUpToMilli('100u'), '1m')
})
