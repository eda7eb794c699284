import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedTaints, parseTaints, type Taint } from './taints.ts'

const before: readonly Taint[] = [{ key: 'a', value: '1', effect: 'NoSchedule' }]

for (const [words, overwrites, operation, want] of [
  [['b=2:NoExecute'], false, 'tainted', ['b=2:NoExecute', 'a=1:NoSchedule']],
  [['a=2:NoExecute'], false, 'tainted', ['a=2:NoExecute', 'a=1:NoSchedule']],
  [['a=2:NoSchedule'], true, 'modified', ['a=2:NoSchedule']],
  [['a-'], false, 'untainted', []],
  [['a:NoSchedule-'], false, 'untainted', []],
  [['b:NoExecute', 'a-'], false, 'modified', ['b=:NoExecute']],
] as const) {
  test(`taint ${words.join(' ')}`, () => {
    const changed = changedTaints('n', before, parseTaints(words), overwrites)
    assert.equal(changed.operation, operation)
    assert.deepEqual(
      changed.taints.map(({ key, value = '', effect }) => `${key}=${value}:${effect}`),
      want,
    )
  })
}

for (const [words, message] of [
  [['a=1:NoSchedule'], 'node n already has a taint(s) with same effect(s) and --overwrite is false'],
  [['b-'], 'taint "b" not found'],
  [['a:NoExecute-'], 'taint "a:NoExecute" not found'],
  [['a:Never'], 'invalid taint effect: Never, unsupported taint effect'],
  [['a=1'], 'invalid taint spec: a=1'],
  [['c:NoExecute', 'c-'], 'can not both modify and remove the following taint(s) in the same command: c=NoExecute'],
] as const) {
  test(`taint ${words.join(' ')} is refused`, () => assert.throws(() => changedTaints('n', before, parseTaints(words), false), { message }))
}
