import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { Answer } from '../exchange.ts'
import { successOf } from './failed-answer.ts'

function plain(status: number, text: string): Answer {
  return { status, body: { kind: 'stream', contentType: 'text/plain', chunks: Readable.from([Buffer.from(text)]) } }
}

test('a success is passed on as it is', async () => {
  const answer = plain(200, 'lines')
  assert.equal(await successOf(answer, 'get pods/log a'), answer)
})

for (const [status, reason, message] of [
  [400, 'BadRequest', 'container "c" in pod "a" is waiting to start'],
  [500, 'InternalError', 'Internal error occurred: container "c" in pod "a" is waiting to start'],
  [404, 'NotFound', 'the server could not find the requested resource (get pods/log a)'],
  [502, '', 'the server responded with the status code 502 but did not return more information (get pods/log a)'],
] as const) {
  test(`an answer of ${status} becomes a Status`, async () => {
    const failed = successOf(plain(status, 'container "c" in pod "a" is waiting to start'), 'get pods/log a')
    await assert.rejects(failed, { reason, message })
  })
}
