import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unlessAborted } from './unless-aborted.ts'

const never = new Promise<never>(() => {})
const gone = new Error('gone')

test('ends as the promise does', async () => {
  const { signal } = new AbortController()
  assert.equal(await unlessAborted(Promise.resolve(1), signal), 1)
  assert.equal(await unlessAborted(Promise.resolve(2), undefined), 2)
  await assert.rejects(unlessAborted(Promise.reject(gone), signal), gone)
})

test('rejects with the reason of the signal, before and while it waits', async () => {
  await assert.rejects(unlessAborted(never, AbortSignal.abort(gone)), gone)
  const controller = new AbortController()
  const waiting = unlessAborted(never, controller.signal)
  controller.abort(gone)
  await assert.rejects(waiting, gone)
})
