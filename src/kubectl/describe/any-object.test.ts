import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeAny, labelOf } from './any-object.ts'

for (const [field, want] of [
  ['lastTransitionTime', 'Last Transition Time'],
  ['apiVersion', 'API Version'],
  ['uid', 'UID'],
  ['someURLValue', 'Some URLValue'],
  ['nonResourceURLs', 'Non Resource URLs'],
  ['podIPs', 'Pod I Ps'],
  ['useTLS', 'Use TLS'],
  ['xABCdEFGhi', 'X ABCd EFGhi'],
  ['spec', 'Spec'],
  ['kube-name', 'Kube - Name'],
  ['a1', 'a1'],
  ['example.com/x', 'example.com/x'],
] as const) {
  test(`labelOf: ${field}`, () => assert.equal(labelOf(field), want))
}

test('all fields of an unknown kind are shown, but not twice', async () => {
  const object = {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 't', namespace: 'n', labels: { a: 'b' }, managedFields: [] },
    spec: { size: 3, list: [{ a: 1 }, 'x'], nothing: null, empty: {} },
  }
  const around = { nowMs: 0, showsEvents: false, list: async () => [], get: async () => undefined, events: async () => [] }
  assert.deepEqual(await describeAny(object, around), [
    'Name:\tt',
    'Namespace:\tn',
    'Labels:\ta=b',
    'Annotations:\t<none>',
    'API Version:\texample.com/v1',
    'Kind:\tThing',
    'Metadata:',
    'Spec:',
    '  Empty:',
    '  List:',
    '    A:\t1',
    '    x',
    '  Nothing:\t<nil>',
    '  Size:\t3',
  ])
})
