import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '#kinds/core/event.kind'
import { EventCorrelator } from './event-correlator.ts'

function event(message: string, name = 'pod', reason = 'Pulled'): Event {
  const involvedObject = { kind: 'Pod', namespace: 'default', name, uid: name }
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.1` },
    involvedObject,
    reason,
    message,
    type: 'Normal',
    source: { component: 'kubelet' },
  }
}

/** Tells the correlator that the server took what it was given. */
function record(correlator: EventCorrelator, given: Event, nowMs = 0): string {
  const correlated = correlator.correlate(given, nowMs)
  if (correlated.do === 'create') correlator.created(correlated.key, correlated.event)
  return correlated.do === 'drop'
    ? 'drop'
    : correlated.do === 'count'
      ? `count ${correlated.count}: ${correlated.event.message}`
      : `create: ${correlated.event.message}`
}

test('events: a repeat raises the count', () => {
  const correlator = new EventCorrelator()
  assert.deepEqual(
    [1, 2, 3].map(() => record(correlator, event('again'))),
    ['create: again', 'count 2: again', 'count 3: again'],
  )
})

test('events: different messages and objects are different events', () => {
  const correlator = new EventCorrelator()
  assert.deepEqual(
    [event('a'), event('b'), event('a', 'other')].map((given) => record(correlator, given)),
    ['create: a', 'create: b', 'create: a'],
  )
})

test('events: ten like ones become one that says so', () => {
  const correlator = new EventCorrelator()
  const told = Array.from({ length: 12 }, (_, index) => record(correlator, event(`m${index}`)))
  assert.deepEqual(told.slice(8), [
    'create: m8',
    'create: (combined from similar events): m9',
    'count 2: (combined from similar events): m10',
    'count 3: (combined from similar events): m11',
  ])
})

test('events: an object that never stops is rationed, and gets new rations with time', () => {
  const correlator = new EventCorrelator()
  const told = Array.from({ length: 27 }, () => record(correlator, event('again')))
  assert.equal(told.filter((text) => text === 'drop').length, 2)
  assert.equal(record(correlator, event('again'), 300_000), 'count 26: again')
})

test('events: one that the server lost is created anew', () => {
  const correlator = new EventCorrelator()
  const first = correlator.correlate(event('x'), 0)
  assert.ok(first.do === 'create')
  correlator.created(first.key, first.event)
  correlator.lost(first.key)
  assert.equal(correlator.correlate(event('x'), 0).do, 'create')
})
