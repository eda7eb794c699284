/**
 * Ten thousand requests that are wrong in every way that bytes can be, drawn from a seed: the server goes on serving, answers with 4xx where
 * an answer is possible, and keeps no memory for them.
 */
import assert from 'node:assert/strict'
import { Agent, request as requestHttps } from 'node:https'
import { connect as connectTcp, type Socket } from 'node:net'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '#base/env/random'
import { startTestApiServer } from '#testing/api-server'

const requestCount = 10_000
const atOnce = 64
/** What may stay after all that: compiled code, caches, noise. A leak of 3 KB a request would be more. */
const keptBytesMax = 24 << 20

test('ten thousand malformed requests leave the server serving', { timeout: 600_000 }, async () => {
  await using server = await startServer()
  const draw = drawer(20_261_121)
  const counts = new Map<string, number>()
  await round(server, draw, requestCount / 5, counts)
  const before = await heapBytes()
  await round(server, draw, (requestCount * 4) / 5, counts)
  const kept = (await heapBytes()) - before
  const others = [...counts.keys()].filter((outcome) => !refusals.test(outcome))
  assert.deepEqual(others, [], 'nothing else comes of a malformed request')
  assert.equal(await server.answer('GET', '/readyz'), '200')
  assert.equal(await server.answer('POST', configMaps, json, '{"metadata":{"name":"well-formed"}}'), '201')
  assert(kept < keptBytesMax, `${(kept / 2 ** 20).toFixed(0)} MiB stayed`)
  assert((counts.get('400') ?? 0) > requestCount / 5, `many are answered with 400: ${JSON.stringify([...counts])}`)
})

async function round(server: Server, draw: Draw, count: number, counts: Map<string, number>): Promise<void> {
  let left = count
  const attackOn = async () => {
    while (left-- > 0) {
      const attack = draw.oneOf(attacks)
      const outcome = await attack(server, draw)
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, attackOn))
}

/** What stays when connections that have ended have been told so: their buffers wait for that. */
async function heapBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  assert(typeof collect === 'function')
  for (let turn = 0; turn < 3; turn++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Statuses of the kind 4xx, and ends of the connection: nothing malformed goes well, and nothing is the server's own fault. */
const refusals = /^(4\d\d|closed|reset|unanswered)$/

type Server = Awaited<ReturnType<typeof startServer>>
type Draw = ReturnType<typeof drawer>
type Attack = (server: Server, draw: Draw) => Promise<string>

const json = { 'content-type': 'application/json' }
const yaml = { 'content-type': 'application/yaml' }
const configMaps = '/api/v1/namespaces/default/configmaps'
const known = `${configMaps}/known`

const attacks: readonly Attack[] = [
  async function rawBytes(server, draw) {
    return await server.plain(draw.bytes(draw.below(2000)))
  },
  async function brokenHandshake(server, draw) {
    return await server.plain(Buffer.concat([Buffer.from([0x16, 3, 1, 0, draw.below(200)]), draw.bytes(300)]))
  },
  async function badHttp(server, draw) {
    const lines = [
      'GET',
      'G\0T / HTTP/1.1',
      'GET / HTTP/9.9',
      'GET  HTTP/1.1',
      '/ GET HTTP/1.1',
      'GET / HTTP/1.1\r\nno colon',
      'POST / HTTP/1.1\r\nContent-Length: -5',
    ]
    return await server.encrypted(Buffer.from(`${draw.oneOf(lines)}\r\n\r\n`))
  },
  async function twoLengths(server) {
    return await server.encrypted(Buffer.from('POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'))
  },
  async function hugeHeader(server, draw) {
    return await server.encrypted(
      Buffer.from(`GET /api HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000 + draw.below(100_000))}\r\n\r\n`),
    )
  },
  async function halfBody(server, draw) {
    const head = `POST ${configMaps} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/json\r\n`
    return await server.encrypted(Buffer.from(`${head}Content-Length: ${100 + draw.below(1000)}\r\n\r\n{"metadata":`), true)
  },
  async function badChunks(server) {
    const head = `POST ${configMaps} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\nTransfer-Encoding: chunked\r\n\r\n`
    return await server.encrypted(Buffer.from(`${head}zz\r\n{}\r\n0\r\n\r\n`))
  },
  async function brokenFrames(server, draw) {
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    const length = draw.below(40)
    const frame = Buffer.from([0, 0, length, draw.below(256), draw.below(256), 0, 0, 0, draw.below(256)])
    return await server.encrypted(Buffer.concat([preface, frame, draw.bytes(length)]), true, ['h2'])
  },
  async function badJson(server, draw) {
    const texts = [
      '',
      '{',
      '[]',
      '"x"',
      'null',
      '7',
      '{"metadata":}',
      '{"metadata":[]}',
      '{"metadata":{"name":7}}',
      '{"data":{"a":{}},"metadata":{"name":"x"}}',
      '\0',
      '{"a":1}}',
    ]
    return await server.status('POST', configMaps, json, draw.oneOf(texts))
  },
  async function randomJson(server, draw) {
    return await server.status('POST', configMaps, json, draw.bytes(1 + draw.below(500)))
  },
  async function deepJson(server, draw) {
    const depth = 11_000 + draw.below(20_000)
    return await server.status('POST', configMaps, json, draw.oneOf(['['.repeat(depth), '{"a":'.repeat(depth)]))
  },
  async function badYaml(server, draw) {
    const texts = [
      '\t- x',
      'a: b: c',
      '&a [*a',
      '- - - {',
      '%YAML 9',
      '"',
      'a: !!binary',
      'metadata: {name: [x]}',
      `a: ${'&x [*x, '.repeat(5)}`,
    ]
    return await server.status('POST', configMaps, yaml, draw.oneOf(texts))
  },
  async function aliasBomb(server) {
    const lines = Array.from(
      { length: 12 },
      (_, index) =>
        `l${index + 1}: &l${index + 1} [${Array(12)
          .fill(index === 0 ? 'x' : `*l${index}`)
          .join(', ')}]`,
    )
    return await server.status('POST', configMaps, yaml, lines.join('\n'))
  },
  async function badPatch(server, draw) {
    const [type, bodies] = draw.oneOf([
      [
        'application/json-patch+json',
        [
          '{}',
          '[{}]',
          '[{"op":"jump","path":"/a"}]',
          '[{"op":"remove","path":"/nope"}]',
          '[{"op":"test","path":"/data/a","value":"z"}]',
          '[{"op":"add","path":"a","value":1}]',
        ],
      ],
      ['application/merge-patch+json', ['[]', '7', '{"metadata":{"name":"other"}}', '{"data":7}', '{']],
      ['application/strategic-merge-patch+json', ['[]', '"x"', '{"metadata":[]}', '{']],
      ['text/plain', ['{}']],
      ['', ['{}']],
    ] as const)
    return await server.status('PATCH', known, type === '' ? {} : { 'content-type': type }, draw.oneOf<string>(bodies))
  },
  async function badQuery(server, draw) {
    const queries = [
      'limit=x',
      'labelSelector=a%20in%20(',
      'labelSelector=!!',
      'fieldSelector=nope%3Da',
      'resourceVersion=x',
      'continue=%25%25',
      'resourceVersionMatch=Sometimes',
      'watch=1&resourceVersionMatch=x',
      'timeoutSeconds=x&watch=1',
    ]
    return await server.status('GET', `${configMaps}?${draw.oneOf(queries)}`)
  },
  async function badPath(server, draw) {
    const paths = [
      '/api/v1/namespaces/default/%zz',
      '/api/v1/%',
      '/apis/%ff%fe/v1/x',
      '/api/v1/namespaces/default/configmaps/%00',
      '/api//v1//pods/x',
      '/nope',
      '/api/v9/pods',
      '/../../etc/passwd',
      '//',
      '/api/v1/namespaces/default/configmaps/a/b/c/d',
    ]
    return await server.status('GET', draw.oneOf(paths))
  },
  async function wrongType(server, draw) {
    const type = draw.oneOf([
      'text/html',
      'application/json; charset=;;',
      'a',
      'multipart/form-data',
      'application/vnd.kubernetes.protobuf',
      'application/cbor',
    ])
    return await server.status('POST', configMaps, { 'content-type': type }, draw.bytes(20))
  },
  async function wrongMethod(server, draw) {
    return await server.status(
      draw.oneOf(['PUT', 'PATCH', 'TRACE', 'PROPFIND', 'POST']),
      draw.oneOf(['/version', '/api/v1', known.replace('known', 'unknown')]),
    )
  },
  async function badGzip(server, draw) {
    return await server.status('POST', configMaps, { ...json, 'content-encoding': 'gzip' }, draw.bytes(100))
  },
  async function badToken(server, draw) {
    return await server.status('GET', configMaps, {
      authorization: draw.oneOf(['Bearer', 'Bearer x.y.z', 'Basic eA==', 'Bearer a b', `Bearer ${'e'.repeat(5000)}`]),
    })
  },
  async function badName(server, draw) {
    return await server.status(
      'POST',
      configMaps,
      json,
      JSON.stringify({ metadata: { name: draw.oneOf(['A', '-', '../x', 'a b', '', 'x'.repeat(300), 'ü']) } }),
    )
  },
]

/** A server with one ConfigMap, and the ways to send it bytes. */
async function startServer() {
  const server = await startTestApiServer()
  const { hostname: host, port: portText } = new URL(server.url)
  const port = Number(portText)
  const agent = new Agent({ keepAlive: true, ca: server.ca, maxSockets: atOnce })
  const answer = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body: string | Uint8Array = '') =>
    new Promise<string>((resolve) => {
      const all = { authorization: `Bearer ${server.token}`, 'content-length': String(Buffer.byteLength(body)), ...headers }
      const sent = requestHttps({ host, port, method, path, headers: all, agent }, (response) => {
        response.resume().once('close', () => resolve(String(response.statusCode)))
      })
      sent.once('error', () => resolve('reset'))
      sent.end(body)
    })
  /** With what was sent, where it is neither wrong nor a refusal. */
  const status = async (...[method, path, headers, body]: Parameters<typeof answer>) => {
    const code = await answer(method, path, headers, body)
    return refusals.test(code) ? code : `${code} to ${method} ${path} ${JSON.stringify(headers)} ${String(body).slice(0, 80)}`
  }
  const created = await answer('POST', configMaps, json, '{"metadata":{"name":"known"},"data":{"a":"b"}}')
  assert.equal(created, '201')
  return {
    token: server.token,
    answer,
    status,
    plain: (bytes: Uint8Array) => talk(connectTcp(port, host), bytes, false),
    /** Inside of TLS; `leaves` ends the connection after the bytes, as somebody who goes away in the middle. */
    encrypted: (bytes: Uint8Array, leaves = false, protocols = ['http/1.1']) =>
      talk(connectTls({ host, port, ca: server.ca, ALPNProtocols: protocols }), bytes, leaves),
    async [Symbol.asyncDispose]() {
      agent.destroy()
      await server.close()
    },
  }
}

/** Sends the bytes and waits for an answer or the end, but not for long. */
function talk(socket: Socket, bytes: Uint8Array, leaves: boolean): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const end = (otherwise: string) => {
      socket.destroy()
      resolve(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? otherwise)
    }
    socket.setTimeout(50, () => end('unanswered'))
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('error', () => end('reset'))
    socket.on('close', () => end('closed'))
    socket.write(bytes, () => leaves && setImmediate(() => end('closed')))
  })
}

function drawer(seed: number) {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random.float() * limit)
  return {
    below,
    oneOf: <T>(values: readonly T[]): T => {
      const value = values[below(values.length)]
      assert(value !== undefined)
      return value
    },
    bytes: (count: number) => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}
