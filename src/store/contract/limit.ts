/** What a store with a size limit does at the limit. */
import assert from 'node:assert/strict'
import { put, remove } from '../single-key.ts'
import { contract, type EmbeddedSubject } from './contract.ts'
import { bytes, failsWith } from './sample.ts'

export const limitContract = contract<EmbeddedSubject>('limit', {
  'a full store refuses puts, allows deletes, and takes puts again once there is room': async ({ store, limits }) => {
    const value = new Uint8Array(2 ** 20)
    const fitting = limits.liveBytesMax / value.length - 1
    for (let i = 0; i < fitting; i++) await put(store, `/k${i}`, value)
    await put(store, '/small', bytes('x'))
    await assert.rejects(put(store, '/straw', value), failsWith('StoreFull'))
    assert.equal(await store.get('/straw'), undefined)
    await remove(store, '/k0')
    await put(store, '/straw', value)
  },
  'puts of one moment are counted together': async ({ store, limits }) => {
    const value = new Uint8Array(limits.liveBytesMax / 2)
    const outcomes = await Promise.allSettled(['/a', '/b', '/c'].map((key) => put(store, key, value)))
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    )
  },
})
