import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backends } from './backends.ts'

const nobody = () => 0

test('clients are spread in turn, and by how many each has', () => {
  const backends = new Backends(['a', 'b', 'c'])
  assert.deepEqual(
    [1, 2, 3, 4].map(() => backends.candidates(nobody)[0]),
    ['a', 'b', 'c', 'a'],
  )
  assert.deepEqual(
    backends.candidates((address) => (address === 'c' ? 0 : 1)),
    ['c', 'b', 'a'],
  )
})

test('what answers comes before what does not, and nothing is left out', () => {
  const backends = new Backends(['a', 'b', 'c'])
  backends.observe('a', 'silent')
  backends.observe('b', 'unready')
  assert.deepEqual(backends.candidates(nobody), ['c', 'b', 'a'])
  backends.observe('a', 'ready')
  assert.deepEqual(backends.candidates(nobody).at(-1), 'b')
})

test('clients are taken from one that is silent, at once, and from one that stays unready, but only if another is ready', () => {
  const backends = new Backends(['a', 'b'])
  assert.deepEqual(
    ['unready', 'unready', 'unready'].map(() => backends.observe('a', 'unready')),
    [false, false, true],
  )
  assert.equal(backends.observe('a', 'ready'), false)
  assert.equal(backends.observe('a', 'silent'), true)
  assert.equal(backends.observe('b', 'silent'), false, 'nobody would serve them better')
})
