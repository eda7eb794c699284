import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { StartLimit } from './start-limit.ts'

const never = new AbortController().signal

function limitOfTwo() {
  const clock = new VirtualClock()
  const limit = new StartLimit(clock, 2)
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const run = (name: string, signal = never) =>
    limit.run(() => {
      started.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    }, signal)
  return { clock, started, run, end: (name: string) => ends.get(name)?.() }
}

test('so many at once, the others in turn', async () => {
  const { started, run, end } = limitOfTwo()
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => run(name))
  await Promise.resolve()
  assert.deepEqual(started, ['a', 'b'])
  end('b')
  await b
  await Promise.resolve()
  assert.deepEqual(started, ['a', 'b', 'c'])
  end('a')
  end('c')
  await Promise.all([a, c])
  end('d')
  await d
  assert.deepEqual(started, ['a', 'b', 'c', 'd'])
})

test('one that fails leaves its place too', async () => {
  const limit = new StartLimit(new VirtualClock(), 1)
  await assert.rejects(
    limit.run(async () => {
      throw new Error('no network')
    }, never),
    /no network/,
  )
  assert.equal(await limit.run(async () => 1, never), 1)
})

test('who no longer wants to start leaves the queue', async () => {
  const { started, run, end } = limitOfTwo()
  const stop = new AbortController()
  const [a, b, c, d] = [run('a'), run('b'), run('c', stop.signal), run('d')]
  stop.abort(new Error('deleted'))
  await assert.rejects(c, /deleted/)
  end('a')
  await a
  await Promise.resolve()
  assert.deepEqual(started, ['a', 'b', 'd'])
  end('b')
  end('d')
  await Promise.all([b, d])
})

test('one that hangs gives its place away, once', async () => {
  const { clock, started, run, end } = limitOfTwo()
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => run(name))
  await clock.advance(5000)
  assert.deepEqual(started, ['a', 'b', 'c', 'd'])
  end('a')
  await all[0]
  await Promise.resolve()
  assert.deepEqual(started, ['a', 'b', 'c', 'd'])
  end('c')
  await all[2]
  await Promise.resolve()
  assert.deepEqual(started, ['a', 'b', 'c', 'd', 'e'])
  for (const name of ['b', 'd', 'e']) end(name)
  await Promise.all(all)
})
