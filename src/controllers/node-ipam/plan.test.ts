import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatCidr, nextRange, parseCidr } from './plan.ts'

const cluster = parseCidr('10.244.0.0/16') ?? { address: 0, prefix: 0 }

test('node ranges: the first free one is given', () => {
  assert.equal(nextRange(cluster, 24, new Set()), '10.244.0.0/24')
  assert.equal(nextRange(cluster, 24, new Set(['10.244.0.0/24', '10.244.2.0/24'])), '10.244.1.0/24')
})

test('node ranges: when all are given there is none', () => {
  const small = parseCidr('10.0.0.0/25') ?? cluster
  assert.equal(nextRange(small, 26, new Set(['10.0.0.0/26', '10.0.0.64/26'])), undefined)
})

test('node ranges: text in and out', () => {
  assert.equal(formatCidr(cluster), '10.244.0.0/16')
  for (const text of ['10.0.0.0', '10.0.0.256/8', '1.2.3.4/33', 'fd00::/64', '']) assert.equal(parseCidr(text), undefined, text)
})
