import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#base/env/log'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import { ObjectWatcher } from './object-watcher.ts'
import { ObjectApi } from './testdata/object-api.ts'

const reference = { kind: 'ConfigMap', namespace: 'a', name: 'm' } as const

function watcherOf(api: ObjectApi) {
  const clock = new VirtualClock()
  return { clock, watcher: new ObjectWatcher({ clock, random: seededRandom(1), log: silentLog, client: api.client }) }
}

test('one watch serves all users and ends with the last', async () => {
  const api = new ObjectApi()
  const { clock, watcher } = watcherOf(api)
  await using _watcher = watcher
  let changeCount = 0
  const first = watcher.watch(reference, () => changeCount++)
  const second = watcher.watch(reference, () => changeCount++)
  await clock.advance(0)
  assert.deepEqual(api.openWatches, ['/api/v1/namespaces/a/configmaps metadata.name=m'])
  api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'a', name: 'm' }, data: { x: '1' } })
  await clock.advance(0)
  assert.equal(changeCount, 2)
  assert.deepEqual((await watcher.configMap('a', 'm'))?.data, { x: '1' })
  assert.equal(api.getCount, 0)
  first[Symbol.dispose]()
  await clock.advance(0)
  assert.equal(api.openWatches.length, 1)
  second[Symbol.dispose]()
  await clock.advance(0)
  assert.deepEqual(api.openWatches, [])
})

test('what nobody watches is read from the server; what is not there is undefined', async () => {
  const api = new ObjectApi()
  const { watcher } = watcherOf(api)
  api.put({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'a', name: 's' }, data: { k: 'dg==' } })
  assert.deepEqual((await watcher.secret('a', 's'))?.data, { k: 'dg==' })
  assert.equal(await watcher.secret('a', 'other'), undefined)
})
