import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Namespace } from './namespace.kind.ts'

const facts = { nowMs: 0, subresource: '' }
const bare: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' }, spec: {}, status: {} }

test('a new namespace is active, can be selected by name, and has a finalizer', () => {
  const created = Namespace.prepareCreate?.(bare, facts)
  assert.deepEqual(created?.spec.finalizers, ['kubernetes'])
  assert.deepEqual(created?.metadata.labels, { 'kubernetes.io/metadata.name': 'n' })
  assert.deepEqual(created?.status, { phase: 'Active' })
})

test('finalizers of the spec go through the subresource finalize only', () => {
  const old: Namespace = { ...bare, spec: { finalizers: ['kubernetes'] } }
  assert.deepEqual(Namespace.update.prepare?.(bare, old, facts).spec.finalizers, ['kubernetes'])
  assert.equal(Namespace.update.prepare?.(bare, old, { ...facts, subresource: 'finalize' }).spec.finalizers, undefined)
})

test('a phase has to fit the deletion', () => {
  const phases = (phase: string, deletionTimestamp?: string) => {
    const next: Namespace = { ...bare, metadata: { name: 'n', deletionTimestamp }, status: { phase } }
    return [...(Namespace.status?.validate?.(next, bare, facts) ?? [])].length
  }
  assert.equal(phases('Active'), 0)
  assert.equal(phases('Terminating'), 1)
  assert.equal(phases('Terminating', '2026-01-01T00:00:00Z'), 0)
})
