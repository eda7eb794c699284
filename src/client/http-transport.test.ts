import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { VirtualClock } from '#base/env/virtual-clock'
import { StatusError } from '#meta/status'
import { createAuthority, issueCredential } from '#net/pki/authority'
import { type Endpoint, fixedEndpoint } from './endpoint.ts'
import { HttpTransport } from './http-transport.ts'
import { ConnectionError } from './transport.ts'
import { upgrade } from './upgrade.ts'

const validity = { nowMs: Date.now(), validForMs: 3_600_000 }
const options = { clock: systemClock, userAgent: 'test/1' }

/** Answers in JSON what was asked, and a few special paths. */
function answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
  const path = request.url.split('?')[0]
  if (path === '/missing') {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404, message: 'pods "x" not found' }),
    )
  } else if (path === '/plain-error') {
    response.writeHead(403, { 'content-type': 'text/plain' })
    response.end('no way')
  } else if (path === '/watch') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"type":"ADDED","object":{"n":1}}\n{"type":"MODI')
    response.end('FIED","object":{"n":2}}\n')
  } else if (path === '/hang') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"type":"ADDED","object":{}}\n')
  } else {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          body,
          type: request.headers['content-type'],
          token: request.headers['authorization'],
        }),
      )
    })
  }
}

describe('HttpTransport over HTTP/2', () => {
  let server: Http2SecureServer
  const sessions = new Set<ServerHttp2Session>()
  let endpoint: Endpoint
  let transport: HttpTransport
  let caPem: string

  before(async () => {
    const authority = await createAuthority('test', validity)
    const { certificatePem, privateKeyPem } = await issueCredential(authority, {
      ...validity,
      subject: { commonName: 'server', organizations: [] },
      usages: ['server'],
      hosts: ['127.0.0.1'],
    })
    caPem = authority.certificatePem
    server = createSecureServer({ key: privateKeyPem, cert: certificatePem, allowHTTP1: true }, answer)
    server.on('session', (session) => sessions.add(session))
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.pipe(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = fixedEndpoint(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      tls: { caPem },
      headers: { authorization: 'Bearer secret' },
    })
    transport = new HttpTransport(endpoint, options)
  })

  after(() => {
    transport[Symbol.dispose]()
    server.close()
  })

  test('a streamed answer that is over before anybody reads it is whole', async () => {
    const stream = await transport.stream({ method: 'GET', path: '/watch' })
    // Its answer comes behind the end of the first one.
    await transport.request({ method: 'GET', path: '/x' })
    assert.match(Buffer.concat(await Array.fromAsync(stream)).toString(), /"n":2/)
  })

  test('sends method, query, body and credentials', async () => {
    const { body } = await transport.request({
      method: 'PATCH',
      path: '/api',
      query: { a: 'x y', none: undefined, b: true },
      body: { c: 1 },
      contentType: 'application/merge-patch+json',
    })
    assert.deepEqual(body, {
      method: 'PATCH',
      url: '/api?a=x%20y&b=true',
      body: '{"c":1}',
      type: 'application/merge-patch+json',
      token: 'Bearer secret',
    })
  })

  test('a Status becomes a StatusError', async () => {
    await assert.rejects(transport.request({ method: 'GET', path: '/missing' }), {
      name: 'StatusError',
      reason: 'NotFound',
      message: 'pods "x" not found',
    })
  })

  test('an answer that is no Status becomes a StatusError of its code', async () => {
    const error = await transport.request({ method: 'GET', path: '/plain-error' }).catch((reason: unknown) => reason)
    assert.ok(error instanceof StatusError)
    assert.deepEqual([error.code, error.reason, error.message], [403, 'Forbidden', 'no way'])
  })

  test('a watch yields a value for each line, wherever chunks are cut', async () => {
    const frames: unknown[] = []
    for await (const frame of await transport.watch({ method: 'GET', path: '/watch' })) frames.push(frame)
    assert.deepEqual(frames, [
      { type: 'ADDED', object: { n: 1 } },
      { type: 'MODIFIED', object: { n: 2 } },
    ])
  })

  test('aborting a watch rejects with the reason', async () => {
    const stop = new AbortController()
    const frames = await transport.watch({ method: 'GET', path: '/hang' }, stop.signal)
    const reading = (async () => {
      for await (const _ of frames) stop.abort(new Error('enough'))
    })()
    await assert.rejects(reading, /enough/)
  })

  test('a lost session is made again', async () => {
    const frames = await transport.watch({ method: 'GET', path: '/hang' })
    const reading = (async () => {
      for await (const _ of frames) for (const session of sessions) session.destroy()
    })()
    await assert.rejects(reading, ConnectionError)
    assert.equal((await transport.request({ method: 'GET', path: '/again' })).status, 200)
  })

  test('a certificate of an unknown authority is refused', async () => {
    using stranger = new HttpTransport(fixedEndpoint(endpoint.server.href), options)
    await assert.rejects(stranger.request({ method: 'GET', path: '/' }), {
      name: 'ConnectionError',
      failure: 'certificate',
      message: /certificate signed by unknown authority/,
    })
  })

  test('nobody listening is a ConnectionError that names the address', async () => {
    using nobody = new HttpTransport(fixedEndpoint('https://127.0.0.1:1'), options)
    await assert.rejects(nobody.request({ method: 'GET', path: '/x' }), {
      failure: 'refused',
      message: 'Get "https://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused',
    })
  })

  test('upgrade hands the raw connection over', async () => {
    const { socket, headers } = await upgrade(endpoint, {
      method: 'POST',
      path: '/exec',
      query: { command: ['sh', '-c'] },
      headers: { upgrade: 'echo' },
    })
    socket.write('hello')
    const [echoed] = await new Promise<readonly [Buffer]>((resolve) => socket.once('data', (chunk: Buffer) => resolve([chunk])))
    socket.destroy()
    assert.deepEqual([headers['upgrade'], echoed.toString()], ['echo', 'hello'])
  })

  test('an upgrade that is refused is a StatusError', async () => {
    await assert.rejects(upgrade(endpoint, { method: 'POST', path: '/missing', headers: {} }), { name: 'StatusError', code: 404 })
  })
})

describe('HttpTransport with a peer that takes connections and says nothing', () => {
  const path = '/version'

  test('a request ends with its time, and with its signal', async () => {
    await using peer = await mutePeer()
    using transport = new HttpTransport(fixedEndpoint(peer.url, {}), { ...options, timeoutMs: 20 })
    await assert.rejects(transport.request({ method: 'GET', path }), /context deadline exceeded$/)
    const gone = new Error('gone')
    const stop = new AbortController()
    const waiting = transport.request({ method: 'GET', path }, stop.signal)
    stop.abort(gone)
    await assert.rejects(waiting, gone)
  })

  test('the connection is given up after a while', async () => {
    await using peer = await mutePeer()
    const clock = new VirtualClock()
    using transport = new HttpTransport(fixedEndpoint(peer.url, {}), { ...options, clock })
    const waiting = assert.rejects(transport.request({ method: 'GET', path }), /dial tcp 127\.0\.0\.1:\d+: i\/o timeout$/)
    await peer.connected
    await clock.advance(30_000)
    await waiting
  })
})

async function mutePeer() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected: once(server, 'connection'),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
