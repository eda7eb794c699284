import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkKeys, fromLines, keyValuesOf } from './key-values.ts'

const none = { 'from-env-file': [], 'from-file': [], 'from-literal': [] }
const shown = (entries: readonly { readonly key: string; readonly value: Buffer }[]) => entries.map(({ key, value }) => `${key}=${value}`)

test('a value may hold equals signs', async () => {
  assert.deepEqual(shown(await keyValuesOf({ ...none, 'from-literal': ['a=b=c', 'd='] }, {})), ['a=b=c', 'd='])
})

test('lines: comments and blanks are skipped, a name alone takes the environment', () => {
  const content = '\ufeff# comment\n\nA=1\n  B=two words \r\nHOME\nNOPE\n'
  assert.deepEqual(shown(fromLines(content, { HOME: '/root' })), ['A=1', 'B=two words ', 'HOME=/root'])
})

for (const [flags, message] of [
  [{ 'from-literal': ['a'] }, 'invalid literal source a, expected key=value'],
  [{ 'from-literal': ['=a'] }, 'invalid literal source =a, expected key=value'],
  [{ 'from-file': ['a=b=c'] }, "key names or file paths cannot contain '='"],
  [{ 'from-file': ['=x'] }, 'key name for file path x missing'],
  [{ 'from-file': ['x='] }, 'file path for key name x missing'],
  [{ 'from-file': ['/does/not/exist'] }, 'error reading /does/not/exist: no such file or directory'],
  [{ 'from-env-file': ['x'], 'from-literal': ['a=b'] }, 'from-env-file cannot be combined with from-file or from-literal'],
] as const) {
  test(`refused: ${JSON.stringify(flags)}`, () => assert.rejects(keyValuesOf({ ...none, ...flags }, {}), { message }))
}

test('keys are checked: how they look, and that none stands twice', () => {
  const entry = (key: string) => ({ key, value: Buffer.from('') })
  const say = (key: string, why: string | undefined) => `${key}: ${why === undefined ? 'twice' : 'bad'}`
  assert.throws(() => checkKeys([entry('a'), entry('a')], say), { message: 'a: twice' })
  assert.throws(() => checkKeys([entry('a%')], say), { message: 'a%: bad' })
})
