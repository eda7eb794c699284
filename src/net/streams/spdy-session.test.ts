import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Transform } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { test } from 'node:test'
import { constants, crc32, createDeflate } from 'node:zlib'
import { encodeFrame, readFrames } from './spdy-frames.ts'
import { SpdyHeaderReader, SpdyHeaderWriter, spdyDictionary } from './spdy-headers.ts'
import { SpdySession, type SpdyStream } from './spdy-session.ts'

async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  server.close()
  return [client, accepted]
}

async function sessionPair(onStream: (stream: SpdyStream) => void): Promise<[SpdySession, SpdySession]> {
  const [near, far] = await socketPair()
  return [new SpdySession(near, { side: 'client', onStream() {} }), new SpdySession(far, { side: 'server', onStream })]
}

function* drain(stream: Transform): Generator<Buffer> {
  for (let chunk: Buffer | null = stream.read(); chunk !== null; chunk = stream.read()) yield chunk
}

test('the dictionary is that of SPDY/3', () => {
  assert.equal(spdyDictionary.length, 1423)
  assert.equal(crc32(spdyDictionary), 80234766)
})

test('headers written here and headers compressed by zlib are read in order', async () => {
  const writer = new SpdyHeaderWriter()
  using reader = new SpdyHeaderReader()
  assert.deepEqual(await reader.read(writer.write({ streamtype: 'error', port: '80' })), { streamtype: 'error', port: '80' })
  assert.deepEqual(await reader.read(writer.write({})), {})

  using zlibReader = new SpdyHeaderReader()
  const deflate = createDeflate({ dictionary: spdyDictionary })
  for (const name of ['error', 'stdin', 'stdout']) {
    const plain = Buffer.concat([
      Buffer.from([0, 0, 0, 1, 0, 0, 0, 10]),
      Buffer.from('Streamtype'),
      Buffer.from([0, 0, 0, name.length]),
      Buffer.from(name),
    ])
    deflate.write(plain)
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, () => resolve()))
    assert.deepEqual(await zlibReader.read(Buffer.concat([...drain(deflate)])), { streamtype: name })
  }
})

test('frames are found again however the bytes are cut', async () => {
  const frames = [
    { type: 'data', streamId: 1, bytes: Buffer.from('hello'), isFin: false },
    { type: 'ping', id: 7 },
    { type: 'data', streamId: 3, bytes: Buffer.alloc(0), isFin: true },
    { type: 'rstStream', streamId: 3, status: 5 },
  ] as const
  const bytes = Buffer.concat(frames.map(encodeFrame))
  for (const size of [1, 3, 8, 1000]) {
    async function* cut() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    assert.deepEqual(await Array.fromAsync(readFrames(cut())), frames)
  }
})

test('both sides write and end on their own', async () => {
  const [client, server] = await sessionPair(({ headers, body }) => {
    assert.deepEqual(headers, { streamtype: 'data' })
    void text(body).then((received) => body.end(`got ${received}`))
  })
  const stream = await client.open({ streamtype: 'data' })
  stream.body.end('ping')
  assert.equal(await text(stream.body), 'got ping')
  client.close()
  await Promise.all([client.closed, server.closed])
})

test('a megabyte passes to a reader that starts late', async () => {
  let accepted: SpdyStream | undefined
  const [client, server] = await sessionPair((stream) => {
    accepted = stream
  })
  const stream = await client.open({})
  stream.body.end(Buffer.alloc(1 << 20, 'x'))
  assert(accepted !== undefined)
  assert.equal((await buffer(accepted.body)).length, 1 << 20)
  client.close()
  await server.closed
})

test('when the peer goes away streams end instead of failing', async () => {
  const [client, server] = await sessionPair(() => {})
  const stream = await client.open({})
  server.close()
  assert.equal(await text(stream.body), '')
  await client.closed
  await assert.rejects(client.open({}), /closed/)
})

test('another protocol ends the session', async () => {
  const [near, far] = await socketPair()
  const session = new SpdySession(far, { side: 'server', onStream() {} })
  near.write(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]))
  assert.match(String(await session.closed), /SPDY version 2 is not spoken/)
  near.destroy()
})
