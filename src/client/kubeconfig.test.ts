import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeKubeconfig, encodeKubeconfig, KubeconfigError, mergeKubeconfigs, resolveContext, withEntry } from './kubeconfig.ts'

const document = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'one', cluster: { server: 'https://one:6443' } }],
  contexts: [{ name: 'main', context: { cluster: 'one', user: 'me', namespace: 'work' } }],
  'current-context': 'main',
  users: [{ name: 'me', user: { token: 'secret' } }],
}

test('a kubeconfig survives reading and writing', () => {
  assert.deepEqual(encodeKubeconfig(decodeKubeconfig(document, '/a')), document)
})

test('the context says where, as whom and in which namespace; flags go before it', () => {
  const config = decodeKubeconfig(document, '/a')
  const resolved = resolveContext(config)
  assert.deepEqual([resolved.cluster.cluster.server, resolved.user.user.token, resolved.namespace], ['https://one:6443', 'secret', 'work'])
  assert.equal(resolveContext(config, { namespace: 'other' }).namespace, 'other')
})

test('names that lead nowhere are refused', () => {
  const config = decodeKubeconfig(document, '/a')
  assert.throws(() => resolveContext(config, { context: 'none' }), new KubeconfigError('context "none" does not exist'))
  assert.throws(() => resolveContext(config, { cluster: 'none' }), new KubeconfigError('cluster "none" does not exist'))
})

test('of several files the first to name an entry wins', () => {
  const first = decodeKubeconfig({ clusters: [{ name: 'one', cluster: { server: 'https://first' } }] }, '/first')
  const merged = mergeKubeconfigs([first, decodeKubeconfig(document, '/second')])
  assert.equal(merged.clusters[0]?.cluster.server, 'https://first')
  assert.equal(merged.currentContext, 'main')
  assert.equal(merged.users[0]?.file, '/second')
})

test('an empty file is an empty config, and means the local port of old', () => {
  assert.equal(resolveContext(decodeKubeconfig(undefined, '/a')).cluster.cluster.server, 'http://localhost:8080')
})

test('an entry takes the place of the one with its name', () => {
  assert.deepEqual(withEntry([{ name: 'b' }, { name: 'a', old: true }], { name: 'a' }), [{ name: 'a' }, { name: 'b' }])
})
