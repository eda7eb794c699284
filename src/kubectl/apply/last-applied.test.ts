import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastAppliedAnnotation, lastAppliedOf, withLastApplied } from './last-applied.ts'

const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', annotations: { a: '<b>' } }, data: { k: 'v' } }

test('the annotation holds the object without itself, in sorted JSON as Go writes it', () => {
  const applied = withLastApplied(object)
  assert.equal(
    applied.metadata.annotations?.[lastAppliedAnnotation],
    '{"apiVersion":"v1","data":{"k":"v"},"kind":"ConfigMap","metadata":{"annotations":{"a":"\\u003cb\\u003e"},"name":"c"}}\n',
  )
  assert.deepEqual(withLastApplied(applied), applied)
  assert.deepEqual(lastAppliedOf(applied), object)
})

test('an object that was never applied has none', () => assert.equal(lastAppliedOf(object), undefined))
