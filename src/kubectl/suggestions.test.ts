import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggestions } from './suggestions.ts'

const names = ['create', 'set', 'get', 'delete', 'describe', 'cordon']

for (const [typed, want] of [
  ['gett', ['set', 'get']],
  ['GET', ['set', 'get']],
  ['des', ['set', 'get', 'describe']],
  ['cordn', ['cordon']],
  ['frobnicate', []],
] as const) {
  test(`suggestions for ${typed}`, () => assert.deepEqual(suggestions(typed, names), want))
}
