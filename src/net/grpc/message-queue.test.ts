import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageQueue } from './message-queue.ts'

test('the sender is held up while much lies unread, and goes on when all is read', async () => {
  const queue = new MessageQueue<number>()
  const flow: string[] = []
  queue.regulate({ pause: () => flow.push('pause'), resume: () => flow.push('resume') })
  for (let i = 0; i < 20; i++) queue.push(i)
  assert.deepEqual(flow, ['pause'])
  for (let i = 0; i < 20; i++) assert.deepEqual(await queue.next(), { done: false, value: i })
  assert.deepEqual(flow, ['pause', 'resume'])
})

test('what is unread is read before the end or the error', async () => {
  const ended = new MessageQueue<string>()
  ended.push('last')
  ended.end()
  assert.equal((await ended.next()).value, 'last')
  assert.equal((await ended.next()).done, true)
  const failed = new MessageQueue<string>()
  const waiting = failed.next()
  failed.push('last')
  failed.fail(new Error('lost'))
  assert.equal((await waiting).value, 'last')
  await assert.rejects(failed.next(), /lost/)
})
