import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exchangeOf, requestOf } from '#testing/exchange'
import type { Answer } from '../exchange.ts'
import { limitInFlight } from './limit-in-flight.ts'

const done: Answer = { status: 200, body: { kind: 'empty' } }

const lines = {
  get: 'GET /api/v1/nodes/a',
  list: 'GET /api/v1/nodes',
  create: 'POST /api/v1/nodes',
  patch: 'PATCH /api/v1/nodes/a',
  watch: 'GET /api/v1/nodes?watch=1',
}

const exchangeTo = (verb: keyof typeof lines, isExempt = false) =>
  exchangeOf(requestOf(lines[verb]), { flow: { schemaUid: '', levelUid: '', isExempt } })

for (const [verb, max] of [
  ['get', 3],
  ['list', 3],
  ['create', 2],
  ['patch', 2],
] as const) {
  test(`limitInFlight: ${max} of ${verb} are worked on, one more is asked to come again, and gets in when one is done`, async () => {
    const step = limitInFlight({ readingMax: 3, mutatingMax: 2 })
    const held = Array.from({ length: max }, () => Promise.withResolvers<Answer>())
    const answers = held.map(({ promise }) => step(exchangeTo(verb), () => promise))
    const refused = await step(exchangeTo(verb), async () => done)
    assert.equal(refused.status, 429)
    assert.equal(refused.headers?.['retry-after'], '1')
    assert.equal((await step(exchangeTo('watch'), async () => done)).status, 200, 'what lasts does not count')
    assert.equal((await step(exchangeTo(verb, true), async () => done)).status, 200, 'what is exempt does not count')
    held[0]?.resolve(done)
    await answers[0]
    assert.equal((await step(exchangeTo(verb), async () => done)).status, 200)
    for (const { resolve } of held) resolve(done)
    await Promise.all(answers)
  })
}

test('limitInFlight: what fails makes room, and a limit of 0 is none', async () => {
  const step = limitInFlight({ readingMax: 1, mutatingMax: 0 })
  await assert.rejects(async () => await step(exchangeTo('get'), () => Promise.reject(new Error('a bug'))))
  assert.equal((await step(exchangeTo('get'), async () => done)).status, 200)
  const many = Array.from({ length: 1000 }, () => step(exchangeTo('create'), async () => done))
  assert((await Promise.all(many)).every(({ status }) => status === 200))
})
