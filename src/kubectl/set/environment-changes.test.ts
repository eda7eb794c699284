import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedEnvironment, parseEnvironment, variableName, variablesOf, variableText } from './environment-changes.ts'

const before = [
  { name: 'A', value: '1' },
  { name: 'B', value: '2' },
]

for (const [words, want] of [
  [['A=9'], ['A=9', 'B=2']],
  [['C=3'], ['A=1', 'B=2', 'C=3']],
  [['A-'], ['B=2']],
  [
    ['A-', 'C=3', 'C=4'],
    ['B=2', 'C=4'],
  ],
  [['A='], ['A=', 'B=2']],
] as const) {
  test(`environment after ${words.join(' ')}`, () => {
    assert.deepEqual(changedEnvironment(before, parseEnvironment(words)).map(variableText), want)
  })
}

test('a name that is none is refused', () => {
  assert.throws(() => parseEnvironment(['=c']), { message: 'unknown argument: =c' })
})

test('entries of a Secret become references', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' } }
  const [variable] = variablesOf(secret, ['user.name'], 'DB_')
  assert.deepEqual(variable, { name: 'DB_USER_NAME', valueFrom: { secretKeyRef: { name: 'login', key: 'user.name' } } })
  assert.equal(variableText(variable ?? {}), '# DB_USER_NAME from secret login, key user.name')
  assert.equal(variableName('a-b.c'), 'A_B_C')
})
