import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerHttp2Session } from 'node:http2'
import { test } from 'node:test'
import type { Clock } from '#base/env/clock'
import { watchOverSession } from './session-watch.ts'

/** A session that notes what is done with it, and a clock that moves when told to. */
function scene() {
  let nowMs = 0
  let due: (() => void) | undefined
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer(_delayMs, fire) {
      due = fire
      return { [Symbol.dispose]: () => (due = undefined) }
    },
  }
  const done: string[] = []
  let answer: (error: Error | null) => void = () => {}
  const session = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy: () => done.push('destroy'),
    close: () => done.push('close'),
    ping: (callback: (error: Error | null) => void) => (answer = callback),
  })
  watchOverSession(session as unknown as ServerHttp2Session, clock, { idleMs: 90, pingMs: 30 })
  const pass = () => {
    nowMs += 30
    const fire = due
    due = undefined
    fire?.()
  }
  return { session, done, pass, answerPing: () => answer(null) }
}

test('watchOverSession: a client that does not answer a ping is gone by the next', () => {
  const { session, done, pass, answerPing } = scene()
  session.emit('stream', new EventEmitter())
  pass()
  answerPing()
  pass()
  assert.deepEqual(done, [])
  pass()
  assert.deepEqual(done, ['destroy'])
})

test('watchOverSession: a session without streams is closed in the end, one with a stream stays', () => {
  const { session, done, pass, answerPing } = scene()
  const stream = new EventEmitter()
  session.emit('stream', stream)
  for (let round = 0; round < 6; round++) {
    pass()
    answerPing()
  }
  assert.deepEqual(done, [])
  stream.emit('close')
  for (let round = 0; round < 3; round++) {
    pass()
    answerPing()
  }
  assert.deepEqual(done, ['close'])
})
