import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCbor, encodeCbor } from '#base/encoding/cbor'
import { bytes, definitionsOf, map } from '#meta/schema/build'
import { StatusError } from '#meta/status'
import { exchangeOf, requestOf } from '#testing/exchange'
import { ValueFrame } from '../cache/watch-frame.ts'
import type { Answer, FrameReader } from '../exchange.ts'
import { valueAnswer } from '../registry/answers.ts'
import { readValue } from '../request/read-body.ts'
import { serveCbor } from './serve-cbor.ts'

const define = definitionsOf('io.k8s.api.core.v1')
const Secret = define('Secret', () => ({ data: map(bytes) }), { apiVersion: 'v1' })
const step = serveCbor({ schemaOf: (_apiVersion, kind) => (kind === 'Secret' ? Secret : undefined) })

const secret = { kind: 'Secret', apiVersion: 'v1', metadata: { name: 's' }, data: { k: 'aGk=' } }

test('an answer is made from its JSON, and base64 becomes bytes', async () => {
  const answer = await step(exchangeOf(requestOf('GET /api/v1/secrets', { headers: { accept: 'application/cbor' } })), () =>
    Promise.resolve(valueAnswer(secret)),
  )
  assert.equal(answer.headers?.['content-type'], 'application/cbor')
  const sent = bytesOf(answer)
  assert.deepEqual(decodeCbor(sent), secret)
  assert.ok(sent.toHex().includes('d6426869'))
})

test('JSON stays what it is for who prefers it', async () => {
  const answer = await step(
    exchangeOf(requestOf('GET /api/v1/secrets', { headers: { accept: 'application/json, application/cbor' } })),
    () => Promise.resolve(valueAnswer(secret)),
  )
  assert.equal(answer.headers, undefined)
})

test('a watch is a sequence of events', async () => {
  const watch = { run: (reader: FrameReader) => Promise.resolve(void reader.send([new ValueFrame('ADDED', secret)])) }
  const answer = await step(exchangeOf(requestOf('GET /api/v1/secrets?watch=1', { headers: { accept: 'application/cbor' } })), () =>
    Promise.resolve({ status: 200, body: { kind: 'watch', watch } }),
  )
  assert.equal(answer.headers?.['content-type'], 'application/cbor-seq')
  const events: unknown[] = []
  assert.equal(answer.body.kind, 'watch')
  if (answer.body.kind === 'watch')
    await answer.body.watch.run(
      { send: (frames) => events.push(...frames.map((frame) => decodeCbor(frame.bytes))) > 0, drained: () => Promise.resolve() },
      new AbortController().signal,
    )
  assert.deepEqual(events, [{ object: secret, type: 'ADDED' }])
})

test('a body is read, and refused where it is none', async () => {
  const read = async (body: Uint8Array<ArrayBuffer>) => {
    const headers = { 'content-type': 'application/cbor' }
    const exchange = exchangeOf(requestOf('POST /api/v1/secrets', { headers, readBody: () => Promise.resolve(body) }))
    await step(exchange, () => Promise.resolve({ status: 200, body: { kind: 'empty' } }))
    return (await readValue(exchange.request, 'Secret'))?.value
  }
  assert.deepEqual(await read(encodeCbor(secret)), secret)
  await assert.rejects(
    read(new Uint8Array([0xa1])),
    (error) => error instanceof StatusError && error.message.includes('unexpected EOF (a1)'),
  )
})

function bytesOf({ body }: Answer): Uint8Array {
  return body.kind === 'object' ? body.bytes() : new Uint8Array()
}
