import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChanges } from './changes.ts'

test('plain words first, then what is set and what goes', () => {
  const { plain, changes } = parseChanges(['pods', 'web', 'a=1', 'b='], 'label')
  assert.deepEqual(plain, ['pods', 'web'])
  assert.deepEqual(
    [...changes.set],
    [
      ['a', '1'],
      ['b', ''],
    ],
  )
  assert.deepEqual(parseChanges(['pods/web', 'a-'], 'label').changes.removed, ['a'])
})

for (const [noun, words, message] of [
  ['label', ['a=1', 'a-'], 'can not both modify and remove a label in the same command'],
  ['annotation', ['a=1', 'a-'], 'can not both modify and remove the following annotation(s) in the same command: a'],
  ['label', ['a=1=2'], 'invalid label spec: a=1=2'],
  ['annotation', ['a=1', 'web'], 'unknown annotation spec: web'],
] as const) {
  test(`${noun} ${words.join(' ')} is refused`, () => assert.throws(() => parseChanges(words, noun), { message }))
}

test('an annotation may hold an equals sign', () => {
  assert.deepEqual([...parseChanges(['a=b=c'], 'annotation').changes.set], [['a', 'b=c']])
})
