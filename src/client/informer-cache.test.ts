import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineKind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { InformerCache } from './informer-cache.ts'

const Thing = defineKind<KubeObject>({ apiVersion: 'v1', kind: 'Thing', plural: 'things', scope: 'Namespaced', schema: { type: 'object' } })

function thing(name: string, version: number, color: string, uid = name): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name, namespace: 'default', uid, resourceVersion: String(version), labels: { color } },
  }
}

function cacheWithColors(): { readonly cache: InformerCache<KubeObject>; readonly told: string[] } {
  const cache = new InformerCache(Thing)
  const told: string[] = []
  cache.addIndex('color', (object) => [object.metadata.labels?.['color'] ?? ''])
  cache.subscribe((event) => told.push(`${event.type} ${event.object.metadata.uid}@${event.object.metadata.resourceVersion}`))
  return { cache, told }
}

const colored = (cache: InformerCache<KubeObject>, color: string) => cache.byIndex('color', color).map(({ metadata }) => metadata.name)

test('informer cache: indexes follow every change', () => {
  const { cache } = cacheWithColors()
  cache.replace([thing('a', 1, 'red'), thing('b', 2, 'red')], '2')
  cache.apply('MODIFIED', thing('a', 3, 'blue'))
  cache.apply('DELETED', thing('b', 4, 'red'))
  assert.deepEqual([colored(cache, 'red'), colored(cache, 'blue')], [[], ['a']])
  assert.deepEqual(cache.list('default').length, 1)
})

test('informer cache: a list tells what came, changed and went since the last one', () => {
  const { cache, told } = cacheWithColors()
  cache.replace([thing('a', 1, 'red'), thing('b', 2, 'red')], '2')
  told.length = 0
  cache.replace([thing('a', 1, 'red'), thing('b', 5, 'blue'), thing('c', 6, 'red')], '6')
  cache.replace([], '7')
  assert.deepEqual(told, ['updated b@5', 'added c@6', 'deleted a@1', 'deleted b@5', 'deleted c@6'])
})

test('informer cache: an object that was deleted and made again is told as both', () => {
  const { cache, told } = cacheWithColors()
  cache.replace([thing('a', 1, 'red', 'first')], '1')
  cache.replace([thing('a', 3, 'blue', 'second')], '3')
  assert.deepEqual(told, ['added first@1', 'deleted first@1', 'added second@3'])
  assert.deepEqual([colored(cache, 'red'), colored(cache, 'blue')], [[], ['a']])
})

test('informer cache: objects cannot be changed by those who read them', () => {
  const { cache } = cacheWithColors()
  cache.replace([thing('a', 1, 'red')], '1')
  assert.ok(Object.isFrozen(cache.get('default/a')?.metadata.labels))
})

test('informer cache: one can wait until it has seen a version', async () => {
  const { cache } = cacheWithColors()
  cache.replace([], '10')
  await cache.reached('9')
  const pending = cache.reached('12')
  cache.apply('ADDED', thing('a', 12, 'red'))
  await pending
  const stopped = new AbortController()
  const never = cache.reached('99', stopped.signal)
  stopped.abort(new Error('stopped'))
  await assert.rejects(never, /stopped/)
})
