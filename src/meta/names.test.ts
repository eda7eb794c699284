import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as names from './names.ts'

const long = 'a'.repeat(64)

for (const [rule, value, isFine] of [
  [names.isDns1123Label, 'a-1', true],
  [names.isDns1123Label, 'A', false],
  [names.isDns1123Label, long, false],
  [names.isDns1123Subdomain, 'a.b-c', true],
  [names.isDns1123Subdomain, 'a..b', false],
  [names.isDns1035Label, '1a', false],
  [names.isQualifiedName, 'example.com/My_name', true],
  [names.isQualifiedName, '/name', false],
  [names.isQualifiedName, 'a/b/c', false],
  [names.isLabelValue, '', true],
  [names.isLabelValue, '-a', false],
  [names.isConfigMapKey, '..', false],
  [names.isConfigMapKey, '.a', true],
  [names.isEnvVarName, 'A B', true],
  [names.isEnvVarName, 'A=B', false],
  [names.isPortName, 'http-alt', true],
  [names.isPortName, '80', false],
  [names.isPortName, 'a--b', false],
  [names.isPathSegmentName, 'system:node', true],
  [names.isPathSegmentName, 'a/b', false],
  [names.isPercent, '25%', true],
  [names.isPercent, '25', false],
] as const) {
  test(`${rule.name} ${isFine ? 'accepts' : 'refuses'} "${value.slice(0, 20)}"`, () => assert.equal(rule(value).length === 0, isFine))
}

test('a generated name leaves room for five random characters', () => {
  assert.equal(names.generateNamePrefix(long).length, 58)
  assert.deepEqual(names.asPrefix(names.isDns1123Label)('web-'), [])
  assert.equal(names.asPrefix(names.isDns1123Label)('Web-').length, 1)
})
