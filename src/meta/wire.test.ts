import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeObject, withRevision } from './wire.ts'

for (const [metadata, want] of [
  [{}, '{"resourceVersion":"7"}'],
  [{ name: 'a' }, '{"name":"a","resourceVersion":"7"}'],
  [
    { name: 'a', namespace: 'b', uid: 'c', creationTimestamp: 'd' },
    '{"name":"a","namespace":"b","uid":"c","resourceVersion":"7","creationTimestamp":"d"}',
  ],
  [{ labels: { name: 'x' } }, '{"resourceVersion":"7","labels":{"name":"x"}}'],
  [{ name: 'a"\\,b', labels: {} }, '{"name":"a\\"\\\\,b","resourceVersion":"7","labels":{}}'],
] as const) {
  test(`the revision stands where upstream writes it: ${want}`, () => {
    const stored = encodeObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, resourceVersion: '3' } })
    assert.equal(new TextDecoder().decode(withRevision(stored, 7)), `{"kind":"ConfigMap","apiVersion":"v1","metadata":${want}}\n`)
  })
}
