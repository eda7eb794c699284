import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { countOf, firstFree, formatIndexes, hasIndex, indexSetOf, overlapCount, parseIndexes, unionOf } from './indexes.ts'

for (const [text, completions, want] of [
  ['', 5, ''],
  ['0', 5, '0'],
  ['1,2', 5, '1,2'],
  ['1,2,3', 5, '1-3'],
  ['1-3,5', 9, '1-3,5'],
  ['3-8', 5, '3,4'],
  ['7', 5, ''],
  ['1,x,3', 5, '1,3'],
] as const) {
  test(`indexes: "${text}" of ${completions} are "${want}"`, () => assert.equal(formatIndexes(parseIndexes(text, completions)), want))
}

test('indexes: sets of ranges are sets of numbers', () => {
  const numbers = fc.array(fc.nat(40))
  const check = fc.property(numbers, numbers, (a, b) => {
    const [left, right] = [indexSetOf(a), indexSetOf(b)]
    const [setA, setB] = [new Set(a), new Set(b)]
    assert.equal(countOf(unionOf(left, right)), setA.union(setB).size)
    assert.equal(overlapCount(left, right), setA.intersection(setB).size)
    for (let index = 0; index <= 41; index++) assert.equal(hasIndex(left, index), setA.has(index))
    assert.deepEqual(parseIndexes(formatIndexes(left), 41), left)
    const free = Array.from({ length: 41 }, (_, index) => index).filter((index) => !setA.has(index))
    assert.deepEqual(firstFree(left, 5, 41), free.slice(0, 5))
  })
  fc.assert(check, { numRuns: 200, seed: 1 })
})
