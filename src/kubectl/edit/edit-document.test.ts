import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentOf, objectsOf, withExplanation, withoutComments } from './edit-document.ts'

const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

test('one object is a document, several are a list, and both come back', () => {
  for (const format of ['yaml', 'json'] as const) {
    assert.deepEqual(objectsOf(documentOf([object('a')], format)), [object('a')])
    assert.deepEqual(objectsOf(documentOf([object('a'), object('b')], format)), [object('a'), object('b')])
  }
})

test('the explanation and the reasons are comments', () => {
  const document = documentOf([object('a')], 'yaml')
  const shown = withExplanation(document, 'yaml', ['configmaps "a" was not valid:', '* because'])
  assert.match(shown, /^# Please edit the object below\.[\s\S]*# \* because\n#\napiVersion: v1\n/)
  assert.equal(withoutComments(shown, 'yaml'), document)
  assert.equal(withExplanation('{}', 'json', ['x']), '{}')
})
