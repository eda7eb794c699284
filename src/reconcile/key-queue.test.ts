import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { KeyQueue } from './key-queue.ts'

test('key queue: a key waits once however often it is added', async () => {
  const queue = new KeyQueue(new VirtualClock())
  queue.add('a')
  queue.add('b')
  queue.add('a')
  assert.deepEqual([await queue.take(), await queue.take(), queue.stats().depth], ['a', 'b', 0])
})

test('key queue: a key added while it is worked on comes again only when that is done', async () => {
  const queue = new KeyQueue(new VirtualClock())
  queue.add('a')
  const first = await queue.take()
  queue.add('a')
  let second: string | undefined
  const taking = queue.take().then((key) => (second = key))
  await Promise.resolve()
  assert.deepEqual([first, second], ['a', undefined])
  queue.done('a')
  await taking
  assert.equal(second, 'a')
})

test('key queue: of several delays the soonest counts', async () => {
  const clock = new VirtualClock()
  const queue = new KeyQueue(clock)
  queue.addAfter('a', 1000)
  queue.addAfter('a', 100)
  queue.addAfter('a', 500)
  await clock.advance(99)
  assert.equal(queue.stats().depth, 0)
  await clock.advance(1)
  assert.equal(queue.stats().depth, 1)
})

test('key queue: failures are spaced out by doubling, and a success starts again', async () => {
  const clock = new VirtualClock()
  const queue = new KeyQueue(clock)
  const pauses: number[] = []
  for (let failure = 0; failure < 4; failure++) {
    const startMs = clock.nowMs()
    queue.retry('a')
    while (queue.stats().depth === 0) await clock.advance(1)
    pauses.push(clock.nowMs() - startMs)
    await queue.take()
    queue.done('a')
  }
  assert.deepEqual(pauses, [5, 10, 20, 40])
  queue.succeeded('a')
  assert.equal(queue.failureCount('a'), 0)
})

test('key queue: closing frees the workers', async () => {
  const queue = new KeyQueue(new VirtualClock())
  const taking = queue.take()
  queue.close()
  assert.equal(await taking, undefined)
  queue.add('a')
  assert.equal(await queue.take(), undefined)
})
