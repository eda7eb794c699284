import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta-validation.ts'
import type { ObjectMeta } from './types.gen.ts'

const good: ObjectMeta = { name: 'a', namespace: 'default' }

for (const [why, meta, want] of [
  ['nothing is wrong', good, []],
  ['no name', { namespace: 'x' }, ['metadata.name: Required value: name or generateName is required']],
  ['no namespace', { name: 'a' }, ['metadata.namespace: Required value']],
  [
    'an owner without anything',
    { ...good, ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] },
    [
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
      'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
      'metadata.ownerReferences.name: Invalid value: "": must not be empty',
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    ],
  ],
  [
    'a finalizer without a domain',
    { ...good, finalizers: ['mine'] },
    ['metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified'],
  ],
  [
    'annotations of more than 256 KiB',
    { ...good, annotations: { a: 'x'.repeat(262144) } },
    ['metadata.annotations: Too long: may not be more than 262144 bytes'],
  ],
] as const) {
  test(`validateObjectMeta: ${why}`, () => {
    assert.deepEqual(
      [...validateObjectMeta(meta, { isNamespaced: true })].map((error) => `${error.path}: ${error.message}`),
      want,
    )
  })
}

test('what is cluster-scoped may not name a namespace', () => {
  const [error] = [...validateObjectMeta(good, { isNamespaced: false })]
  assert.equal(error?.message, 'Forbidden: not allowed on this type')
})

test('an update may not change who the object is, nor add finalizers to what is being deleted', () => {
  const old: ObjectMeta = { ...good, uid: '1', deletionTimestamp: '2026-01-01T00:00:00Z' }
  const errors = [...validateObjectMetaUpdate({ ...old, uid: '2', finalizers: ['a/b'] }, old)]
  assert.deepEqual(
    errors.map((error) => error.path),
    ['metadata.finalizers', 'metadata.uid'],
  )
})
