import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FieldErrors } from '#meta/field-path'
import { validateCsiNode, validateCsiNodeUpdate } from './csi-node-validation.ts'
import { validateStorageClass, validateStorageClassUpdate } from './storage-class-validation.ts'
import type { CSINode, CSINodeDriver, StorageClass } from './types.gen.ts'

const linesOf = (errors: FieldErrors) => [...errors].map(({ path, message }) => `${path}: ${message}`)
const plain: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  provisioner: 'p.example.com',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
  metadata: { name: 's' },
}
const nodeOf = (...drivers: CSINodeDriver[]): CSINode => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: { name: 'n' },
  spec: { drivers },
})

for (const [why, change, want] of [
  ['nothing is wrong', {}, []],
  ['somebody makes the volumes', { provisioner: '' }, ['provisioner: Required value']],
  [
    'Recycle is for volumes only',
    { reclaimPolicy: 'Recycle' },
    ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
  ],
  ['a parameter has a name', { parameters: { '': 'x' } }, ['parameters: Invalid value: "": field can not be empty.']],
  [
    'a topology names values',
    { allowedTopologies: [{ matchLabelExpressions: [{ key: 'a', values: [] }] }] },
    ['allowedTopologies[0].matchLabelExpressions[0].values: Required value'],
  ],
] as const) {
  test(`validateStorageClass: ${why}`, () => assert.deepEqual(linesOf(validateStorageClass({ ...plain, ...change })), want))
}

test('a storage class may come to allow growth, and changes in nothing else', () => {
  assert.deepEqual(linesOf(validateStorageClassUpdate({ ...plain, allowVolumeExpansion: true }, plain)), [])
  assert.deepEqual(linesOf(validateStorageClassUpdate({ ...plain, provisioner: 'x.y' }, plain)), [
    'provisioner: Invalid value: "x.y": field is immutable',
  ])
})

test('drivers of a node have distinct names and an id', () => {
  assert.deepEqual(linesOf(validateCsiNode(nodeOf({ name: 'd', nodeID: 'a' }, { name: 'd', nodeID: '' }))), [
    'spec.drivers[1].nodeID: Required value',
    'spec.drivers[1].name: Duplicate value: "d"',
  ])
})

test('a driver comes and goes and changes its capacity, but not its id', () => {
  const old = nodeOf({ name: 'd', nodeID: 'x' })
  assert.deepEqual(linesOf(validateCsiNodeUpdate(nodeOf({ name: 'd', nodeID: 'x', allocatable: { count: 3 } }), old)), [])
  assert.deepEqual(linesOf(validateCsiNodeUpdate(nodeOf(), old)), [])
  assert.deepEqual(linesOf(validateCsiNodeUpdate(nodeOf({ name: 'd', nodeID: 'y' }), old)), [
    'spec.drivers: Invalid value: {"Name":"d","NodeID":"y","TopologyKeys":null,"Allocatable":null}: field is immutable',
  ])
})
