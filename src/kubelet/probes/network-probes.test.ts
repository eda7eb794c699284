import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { createProtobufCodec } from '#base/encoding/protobuf'
import { systemClock } from '#base/env/clock'
import type { Container, Probe } from '#kinds/core/types.gen'
import { healthSchema } from './grpc-probe.ts'
import { shownUrl } from './http-probe.ts'
import { tryProbe } from './try-probe.ts'

const runtime = { exec: () => Promise.reject(new Error('no exec here')) }

async function httpServer(handle: RequestListener) {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

const attempt = (probe: Probe, container: Container = { name: 'c' }) =>
  tryProbe(probe, container, { containerId: 'x', host: '127.0.0.1' }, { clock: systemClock, runtime })
/** Ends within a test's time: the clock is the machine's here. */
const soon = { timeoutSeconds: 0.05 }

test('HTTP: what is asked, and which answers are good', async () => {
  const seen: IncomingMessage['headers'][] = []
  await using server = await httpServer((request, response) => {
    seen.push(request.headers)
    response.writeHead(Number(request.url?.slice(1)) || 200).end('body')
  })
  const get = (path: string, more = {}) =>
    attempt({ httpGet: { port: 'web', path, ...more } }, { name: 'c', ports: [{ name: 'web', containerPort: server.port }] })
  assert.deepEqual(await get('/'), { result: 'success' })
  assert.deepEqual(await get('399'), { result: 'success' })
  assert.deepEqual(await get('/500'), { result: 'failure', message: 'HTTP probe failed with statuscode: 500' })
  const httpHeaders = [
    { name: 'Host', value: 'example.org' },
    { name: 'X-A', value: '1' },
    { name: 'x-a', value: '2' },
    { name: 'Accept', value: '' },
  ]
  await get('/', { httpHeaders })
  assert.deepEqual([seen[0]?.['user-agent'], seen[0]?.accept], ['kube-probe/1.36', '*/*'])
  assert.deepEqual([seen[3]?.host, seen[3]?.['x-a'], seen[3]?.accept], ['example.org', '1, 2', undefined])
})

test('HTTP: redirects are followed on the host, and told about when they leave it', async () => {
  await using server = await httpServer((request, response) => {
    if (request.url === '/there') response.writeHead(404).end()
    else if (request.url === '/away') response.writeHead(302, { location: 'http://example.org/' }).end('moved')
    else response.writeHead(302, { location: request.url === '/loop' ? '/loop' : '/there' }).end()
  })
  const get = (path: string) => attempt({ httpGet: { port: server.port, path } })
  assert.deepEqual(await get('/here'), { result: 'failure', message: 'HTTP probe failed with statuscode: 404' })
  assert.deepEqual(await get('/away'), { result: 'warning', message: 'Probe terminated redirects, Response body: moved' })
  assert.match(JSON.stringify(await get('/loop')), /stopped after 10 redirects/)
})

test('HTTP and TCP: nobody listens, or nobody answers', async () => {
  const port = await closedPort()
  assert.deepEqual(await attempt({ httpGet: { port, path: '/x' } }), {
    result: 'failure',
    message: `Get "http://127.0.0.1:${port}/x": dial tcp 127.0.0.1:${port}: connect: connection refused`,
  })
  assert.deepEqual(await attempt({ tcpSocket: { port } }), {
    result: 'failure',
    message: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
  })
  await using silent = await httpServer(() => {})
  assert.deepEqual(await attempt({ ...soon, httpGet: { port: silent.port } }), {
    result: 'failure',
    message: `Get "http://127.0.0.1:${silent.port}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  })
  assert.deepEqual(await attempt({ tcpSocket: { port: silent.port } }), { result: 'success' })
})

test('gRPC: the health service decides', async () => {
  const codec = createProtobufCodec(healthSchema, { absent: 'zero', int64: 'bigint', packed: true })
  const statuses: Readonly<Record<string, string>> = { good: 'SERVING', bad: 'NOT_SERVING' }
  const server = new Server()
  server.addService(
    {
      check: {
        path: '/grpc.health.v1.Health/Check',
        requestStream: false,
        responseStream: false,
        requestSerialize: (value: object) => Buffer.from(codec.encode('HealthCheckRequest', { ...value })),
        requestDeserialize: (bytes: Buffer) => codec.decode('HealthCheckRequest', bytes),
        responseSerialize: (value: object) => Buffer.from(codec.encode('HealthCheckResponse', { ...value })),
        responseDeserialize: (bytes: Buffer) => codec.decode('HealthCheckResponse', bytes),
      },
    },
    {
      check: (call: { request: { service: string } }, answer: (error: null, value: object) => void) =>
        answer(null, { status: statuses[call.request.service] }),
    },
  )
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  )
  try {
    assert.deepEqual(await attempt({ grpc: { port, service: 'good' } }), { result: 'success' })
    assert.deepEqual(await attempt({ grpc: { port, service: 'bad' } }), {
      result: 'failure',
      message: 'service unhealthy (responded with "NOT_SERVING")',
    })
  } finally {
    server.forceShutdown()
  }
  const gone = await attempt({ ...soon, grpc: { port } })
  assert.deepEqual(gone, {
    result: 'failure',
    message: `timeout: failed to connect service "127.0.0.1:${port}" within 0.05s: context deadline exceeded`,
  })
})

for (const [url, shown] of [
  ['http://10.0.0.1:80/x?y', 'http://10.0.0.1:80/x?y'],
  ['https://[fd00::1]/', 'https://[fd00::1]:443/'],
  ['http://10.0.0.1:8080/', 'http://10.0.0.1:8080/'],
] as const) {
  test(`HTTP: ${url} is shown with its port`, () => assert.equal(shownUrl(new URL(url)), shown))
}
