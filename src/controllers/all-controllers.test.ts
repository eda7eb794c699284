import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allControllers, defaultControllerOptions, isChosen } from './all-controllers.ts'

for (const [chosen, want] of [
  [['*'], true],
  [['*', '-a'], false],
  [['a'], true],
  [['b'], false],
  [[], false],
] as const) {
  test(`--controllers=${chosen.join(',')}: runs a: ${want}`, () => assert.equal(isChosen('a', chosen), want))
}

test('every controller has a name of its own', () => {
  const names = allControllers(defaultControllerOptions).map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
})
