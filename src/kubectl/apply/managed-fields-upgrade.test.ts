import assert from 'node:assert/strict'
import { test } from 'node:test'
import { upgradedManagedFields } from './managed-fields-upgrade.ts'

const entry = (manager: string, operation: string, fieldsV1: object) => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
})
const client = entry('kubectl-client-side-apply', 'Update', { 'f:data': { 'f:a': {} } })
const other = entry('other', 'Update', { 'f:data': { 'f:o': {} } })

test('without client-side apply there is nothing to hand over', () => {
  assert.equal(upgradedManagedFields([other], 'kubectl-client-side-apply', 'kubectl'), undefined)
})

test('what client-side apply owns goes to server-side apply', () => {
  const server = entry('kubectl', 'Apply', { 'f:data': { 'f:b': {} } })
  assert.deepEqual(upgradedManagedFields([client, other, server], 'kubectl-client-side-apply', 'kubectl'), [
    { ...server, fieldsV1: { 'f:data': { 'f:b': {}, 'f:a': {} } } },
    other,
  ])
})

test('server-side apply that owns nothing yet takes its place', () => {
  assert.deepEqual(upgradedManagedFields([client], 'kubectl-client-side-apply', 'kubectl'), [
    { ...client, manager: 'kubectl', operation: 'Apply' },
  ])
})
