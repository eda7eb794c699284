/**
 * Clients that mean harm, with frames and bytes of their own making: whatever they do, a good client beside them is served within a second,
 * and what they made the server keep goes when they go.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'

/** A good client is answered by then, also in the middle of an attack: server and attackers share one process here, and one processor. */
const answerMsMax = 3000
/** What may stay after an attack: compiled code, caches, noise. */
const keptBytesMax = 96 << 20

let server: TestApiServer
let port: number

before(async () => {
  server = await startTestApiServer()
  port = Number(new URL(server.url).port)
})
after(async () => await server.close())

/** Attacks, and asks like a good client all the while. */
function attack(name: string, run: () => Promise<void>): void {
  test(name, { timeout: 120_000 }, async () => {
    const before = heapBytes()
    const isOver = new AbortController()
    const asking = slowestAnswer(isOver.signal)
    await run().finally(() => isOver.abort())
    const slowestMs = await asking
    assert(slowestMs < answerMsMax, `an answer took ${Math.round(slowestMs)} ms`)
    const kept = heapBytes() - before
    assert(kept < keptBytesMax, `${(kept / 2 ** 20).toFixed(0)} MiB stayed`)
  })
}

async function slowestAnswer(signal: AbortSignal): Promise<number> {
  const session = connectHttp2(server.url, { ca: server.ca })
  let slowestMs = 0
  do {
    const startMs = performance.now()
    assert.equal(await statusOf(session, '/api/v1/namespaces/default'), 200)
    slowestMs = Math.max(slowestMs, performance.now() - startMs)
    await new Promise((resolve) => setTimeout(resolve, 10))
  } while (!signal.aborted)
  session.destroy()
  return slowestMs
}

async function statusOf(session: ClientHttp2Session, path: string): Promise<number | undefined> {
  const stream = session.request({ ':path': path, authorization: `Bearer ${server.token}` })
  const [headers] = (await once(stream, 'response')) as [{ readonly ':status'?: number }]
  stream.resume()
  return headers[':status']
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  assert(typeof collect === 'function')
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

// Frames.

const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 } as const
const endStream = 1
const endHeaders = 4

function frame(type: keyof typeof frameTypes, stream: number, flags: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = frameTypes[type]
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const nothing = new Uint8Array()
const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame('settings', 0, 0, nothing)])

/** HPACK without its tables: every header as it stands. */
function literals(headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(Object.entries(headers).map(([name, value]) => Buffer.concat([Buffer.from([0]), hpackText(name), hpackText(value)])))
}

function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const length = [127]
  let rest = bytes.length - 127
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}

function requestHeaders(further: Readonly<Record<string, string>> = {}): Buffer {
  return literals({
    ':method': 'GET',
    ':scheme': 'https',
    ':authority': 'x',
    ':path': '/api/v1/namespaces',
    authorization: `Bearer ${server.token}`,
    ...further,
  })
}

async function openTls(protocol = 'h2'): Promise<TLSSocket> {
  const socket = connectTls({ host: '127.0.0.1', port, ca: server.ca, ALPNProtocols: [protocol] })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.resume()
  return socket
}

/** Writes until the server has ended the connection, or all is written. */
async function pour(socket: Socket, count: number, piece: (index: number) => Uint8Array): Promise<void> {
  const isClosed = new Promise((resolve) => socket.once('close', resolve))
  for (let index = 0; index < count && socket.writable; index++) {
    if (!socket.write(piece(index))) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), isClosed])
    if (index % 16 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

attack('100,000 requests that are reset at once', async () => {
  const socket = await openTls()
  socket.write(preface)
  const headers = requestHeaders()
  const reset = Buffer.from([0, 0, 0, 8])
  const perPiece = 50
  await pour(socket, 100_000 / perPiece, (index) =>
    Buffer.concat(
      Array.from({ length: perPiece }, (_, at) => {
        const stream = (index * perPiece + at) * 2 + 1
        return Buffer.concat([frame('headers', stream, endHeaders | endStream, headers), frame('reset', stream, 0, reset)])
      }),
    ),
  )
  socket.destroy()
})

for (const [name, type, stream, payload] of [
  ['pings', 'ping', 0, Buffer.alloc(8)],
  ['settings', 'settings', 0, Buffer.from([0, 3, 0, 0, 0, 1])],
  ['empty data', 'data', 1, nothing],
  ['window updates', 'windowUpdate', 0, Buffer.from([0, 0, 0, 1])],
] as const) {
  attack(`100,000 frames of ${name}`, async () => {
    const socket = await openTls()
    socket.write(preface)
    socket.write(frame('headers', 1, endHeaders, requestHeaders({ ':method': 'POST' })))
    const piece = Buffer.concat(Array<Buffer>(100).fill(frame(type, stream, 0, payload)))
    await pour(socket, 1000, () => piece)
    socket.destroy()
  })
}

attack('headers that go on for ever', async () => {
  const socket = await openTls()
  socket.write(Buffer.concat([preface, frame('headers', 1, 0, requestHeaders())]))
  const more = literals({ 'x-more': 'y'.repeat(8000) })
  await pour(socket, 20_000, () => frame('continuation', 1, 0, more))
  assert(socket.destroyed || socket.closed || (await Promise.race([once(socket, 'close').then(() => true), later(5000, false)])))
})

attack('headers that are small on the wire and large in memory', async () => {
  // One entry of the table, then thousands of references to it.
  const entry = Buffer.concat([Buffer.from([0x40]), hpackText('x-large'), hpackText('y'.repeat(4000))])
  const bomb = Buffer.concat([requestHeaders(), entry, Buffer.alloc(16_000, 0xbe)])
  const sockets = await Promise.all(Array.from({ length: 20 }, () => openTls()))
  for (const socket of sockets) {
    socket.write(preface)
    for (let at = 0; at < 20; at++) if (!socket.destroyed) socket.write(frame('headers', at * 2 + 1, endHeaders | endStream, bomb))
  }
  await later(1000, undefined)
  for (const socket of sockets) socket.destroy()
})

attack('heads of requests that never end, and bodies that never come', async () => {
  const sockets = await Promise.all(Array.from({ length: 300 }, () => openTls('http/1.1')))
  const body = `POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\nContent-Length: 3000000\r\n\r\n{`
  for (const [index, socket] of sockets.entries()) socket.write(index % 2 === 0 ? 'GET /api HTTP/1.1\r\nHost: x\r\nX-A: ' : body)
  for (let round = 0; round < 20; round++) {
    for (const socket of sockets) if (!socket.destroyed) socket.write('a')
    await later(50, undefined)
  }
  for (const socket of sockets) socket.destroy()
})

attack('2,000 connections that say nothing, half of them not even hello', async () => {
  const silent = Array.from({ length: 1000 }, () => connectTcp(port, '127.0.0.1').on('error', () => {}))
  const greeted: TLSSocket[] = []
  for (let at = 0; at < 1000; at++) greeted.push(await openTls())
  for (const socket of [...silent, ...greeted]) socket.destroy()
})

attack('500 watches whose readers vanish', async () => {
  for (let at = 0; at < 5; at++) {
    const session = connectHttp2(server.url, { ca: server.ca })
    session.on('error', () => {})
    const watches = Array.from({ length: 100 }, () => statusOf(session, '/api/v1/configmaps?watch=true'))
    assert.deepEqual(new Set(await Promise.all(watches)), new Set([200]))
    session.socket.destroy()
    session.destroy()
  }
})

test('one request that fails takes no other with it', async () => {
  const session = connectHttp2(server.url, { ca: server.ca })
  const good = Array.from({ length: 50 }, () => statusOf(session, '/api/v1/namespaces'))
  const deep = session.request({
    ':method': 'PATCH',
    ':path': '/api/v1/namespaces/default',
    authorization: `Bearer ${server.token}`,
    'content-type': 'application/json-patch+json',
  })
  deep.on('error', () => {})
  deep.end(`[{"op":"add","path":"/metadata/annotations","value":${'['.repeat(9990)}${']'.repeat(9990)}}]`)
  assert.deepEqual(new Set(await Promise.all(good)), new Set([200]))
  const [headers] = (await once(deep, 'response')) as [{ readonly ':status'?: number }]
  assert(Number(headers[':status']) < 500, `the deep one was answered with ${headers[':status']}`)
  session.destroy()
})

function later<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms))
}
