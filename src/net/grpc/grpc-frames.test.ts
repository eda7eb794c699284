import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGrpcError } from './grpc-error.ts'
import { framed, MessageReader } from './grpc-frames.ts'

const messages = ['', 'one', 'x'.repeat(1000), ''].map((text) => Buffer.from(text))
const body = Buffer.concat(messages.map(framed))

for (const chunkBytes of [1, 4, 5, 7, 500, body.length]) {
  test(`messages come out whole from chunks of ${chunkBytes} bytes`, () => {
    const reader = new MessageReader(1 << 20)
    const seen: string[] = []
    for (let at = 0; at < body.length; at += chunkBytes)
      for (const message of reader.take(body.subarray(at, at + chunkBytes))) seen.push(Buffer.from(message).toString())
    assert.deepEqual(
      seen,
      messages.map((message) => message.toString()),
    )
  })
}

test('a compressed message and one that is too large are refused before they are read', () => {
  assert.throws(
    () => new MessageReader(1 << 20).take(Buffer.from([1, 0, 0, 0, 1])),
    (error) => isGrpcError(error, 'Unimplemented'),
  )
  assert.throws(
    () => new MessageReader(1 << 20).take(Buffer.from([0, 255, 0, 0, 0])),
    (error) => isGrpcError(error, 'ResourceExhausted'),
  )
})
