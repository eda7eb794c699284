import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskedPair } from './masked-secrets.ts'

const secret = (data: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data })

test('values are hidden; those that change differ on the two sides', () => {
  const [before, after] = maskedPair(secret({ same: 'x', changed: '1', gone: 'y' }), secret({ same: 'x', changed: '2', fresh: 'z' }))
  assert.deepEqual(before?.['data'], { same: '***', changed: '*** (before)', gone: '***' })
  assert.deepEqual(after?.['data'], { same: '***', changed: '*** (after)', fresh: '***' })
})
