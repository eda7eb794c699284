import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from './config-map.kind.ts'
import { Secret } from './secret.kind.ts'

const facts = { nowMs: 0, subresource: '' }
const metadata = { name: 'a', namespace: 'b' }

test('a null among bytes is a value without bytes', () => {
  const binaryData = { some: 'AAAA', none: null } as unknown as Record<string, string>
  assert.deepEqual(ConfigMap.defaults?.({ apiVersion: 'v1', kind: 'ConfigMap', metadata, binaryData })?.binaryData, {
    some: 'AAAA',
    none: '',
  })
  assert.deepEqual(
    [...(Secret.validate?.({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: binaryData }, facts) ?? [])],
    [],
  )
})
