import assert from 'node:assert/strict'
import { test } from 'node:test'
import { semanticForm } from './semantic-form.ts'

for (const [why, value, want] of [
  ['undefined is absent', { a: undefined, b: 1 }, { b: 1 }],
  ['an empty list is absent', { a: [], b: { c: [] } }, { b: {} }],
  ['lists keep their entries', { a: [{ b: [] }, 1] }, { a: [{}, 1] }],
] as const) {
  test(`semanticForm: ${why}`, () => assert.deepEqual(semanticForm(value), want))
}
