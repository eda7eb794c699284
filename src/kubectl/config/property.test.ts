import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProperty, propertyValue } from './property.ts'

for (const [text, want] of [
  ['current-context', { type: 'current-context' }],
  ['clusters', { type: 'list', list: 'clusters' }],
  ['clusters.a', { type: 'entry', list: 'clusters', name: 'a', field: undefined }],
  ['clusters.a.server', { type: 'entry', list: 'clusters', name: 'a', field: 'server' }],
  ['clusters.a.example.com.server', { type: 'entry', list: 'clusters', name: 'a.example.com', field: 'server' }],
  ['users.ann@home.client-key-data', { type: 'entry', list: 'users', name: 'ann@home', field: 'client-key-data' }],
] as const) {
  test(`parseProperty: ${text}`, () => assert.deepEqual(parseProperty(text), want))
}

test('parseProperty refuses what is no part of a kubeconfig', () => {
  assert.throws(() => parseProperty('foo.bar'), { message: 'unable to parse foo.bar after [] at api.Config' })
})

test('values are of the type of their field', () => {
  assert.equal(propertyValue('clusters', 'insecure-skip-tls-verify', 'true', false), true)
  assert.equal(propertyValue('clusters', 'server', 'true', false), 'true')
  assert.equal(propertyValue('users', 'client-key-data', 'key', true), 'a2V5')
  assert.throws(() => propertyValue('users', 'client-key-data', 'no base64!', false))
  assert.throws(() => propertyValue('clusters', 'insecure-skip-tls-verify', 'maybe', false))
})
