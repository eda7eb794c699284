/** Limits of the API server from both sides: what is just within is taken, what is just beyond is refused in upstream's words. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { request as requestHttps } from 'node:https'
import { after, before, test } from 'node:test'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'

type Reply = { readonly status: number; readonly message: string; readonly body: string; readonly warnings: readonly string[] }
type Options = { readonly contentType?: string; readonly headers?: Readonly<Record<string, string>> }

let server: TestApiServer

before(async () => {
  server = await startTestApiServer()
  assert.equal((await call('POST', configMaps, { metadata: { name: 'known' }, data: { a: 'b' } })).status, 201)
})
after(async () => await server.close())

const configMaps = '/api/v1/namespaces/default/configmaps'
const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions'
const dryRun = `${configMaps}?dryRun=All`

async function call(
  method: string,
  path: string,
  content: unknown,
  { contentType = 'application/json', headers = {} }: Options = {},
): Promise<Reply> {
  const all = { authorization: `Bearer ${server.token}`, 'content-type': contentType, ...headers }
  const request = requestHttps(new URL(path, server.url), { method, ca: server.ca, headers: all, maxHeaderSize: 4 << 20 })
  request.end(content === undefined || typeof content === 'string' ? content : JSON.stringify(content))
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  const warning = response.headers['warning']
  return { status: response.statusCode ?? 0, body, message: messageOf(body), warnings: warning === undefined ? [] : warning.split(', 299') }
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? ''
  } catch {
    return body
  }
}

const brackets = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const named = (metadata: object) => ({ metadata: { name: 'x', ...metadata } })

type Limit = readonly [what: string, within: readonly [unknown, number], beyond: readonly [unknown, number, RegExp], path?: string]

for (const [what, [inside, insideStatus], [outside, outsideStatus, message], path = dryRun] of [
  ['a body: 3 MiB', [' '.repeat(3 << 20), 400], [' '.repeat((3 << 20) + 1), 413, /^Request entity too large: limit is 3145728$/]],
  [
    'the data of a ConfigMap: 1 MiB',
    [{ ...named({}), data: { a: 'x'.repeat(1 << 20) } }, 201],
    [{ ...named({}), data: { a: 'x'.repeat((1 << 20) + 1) } }, 422, /Too long: may not be more than 1048576 bytes/],
  ],
  [
    'the data of a Secret: 1 MiB',
    [{ ...named({}), data: { a: Buffer.alloc(1 << 20).toString('base64') } }, 201],
    [{ ...named({}), data: { a: Buffer.alloc((1 << 20) + 1).toString('base64') } }, 422, /Too long: may not be more than 1048576 bytes/],
    '/api/v1/namespaces/default/secrets?dryRun=All',
  ],
  [
    'a stored object: 1.5 MiB',
    [{ metadata: { generateName: 'r' }, revision: 1, data: { a: 'x'.repeat(1_500_000) } }, 201],
    [{ metadata: { generateName: 'r' }, revision: 1, data: { a: 'x'.repeat(1_600_000) } }, 500, /^etcdserver: request is too large$/],
    revisions,
  ],
  [
    'the depth of JSON: 10,000',
    [`{"metadata":{"name":"x"},"x":${brackets(9999)}}`, 201],
    [`{"metadata":{"name":"x"},"x":${brackets(10_000)}}`, 400, /json parse error: invalid character '\[' exceeded max depth/],
  ],
  [
    'annotations: 256 KiB',
    [named({ annotations: { a: 'x'.repeat((1 << 18) - 1) } }), 201],
    [named({ annotations: { a: 'x'.repeat(1 << 18) } }), 422, /metadata.annotations: Too long: may not be more than 262144 bytes/],
  ],
  [
    'a name: 253',
    [named({ name: 'x'.repeat(253) }), 201],
    [named({ name: 'x'.repeat(254) }), 422, /must be no more than 253 (bytes|characters)/],
  ],
  [
    'a label value: 63',
    [named({ labels: { a: 'x'.repeat(63) } }), 201],
    [named({ labels: { a: 'x'.repeat(64) } }), 422, /must be no more than 63 bytes/],
  ],
  [
    'a label key: 63',
    [named({ labels: { ['x'.repeat(63)]: 'a' } }), 201],
    [named({ labels: { ['x'.repeat(64)]: 'a' } }), 422, /name part must be no more than 63 bytes/],
  ],
  [
    'the prefix of a label key: 253',
    [named({ labels: { [`${'x'.repeat(253)}/a`]: 'a' } }), 201],
    [named({ labels: { [`${'x'.repeat(254)}/a`]: 'a' } }), 422, /prefix part must be no more than 253 (bytes|characters)/],
  ],
  [
    'the name of a service: 63',
    [{ metadata: { name: 's'.repeat(63) }, spec: { ports: [{ port: 65_535 }] } }, 201],
    [{ metadata: { name: 's'.repeat(64) }, spec: { ports: [{ port: 80 }] } }, 422, /must be no more than 63 (bytes|characters)/],
    '/api/v1/namespaces/default/services?dryRun=All',
  ],
  [
    'a port: 65535',
    [{ metadata: { name: 's' }, spec: { ports: [{ port: 65_535 }] } }, 201],
    [{ metadata: { name: 's' }, spec: { ports: [{ port: 65_536 }] } }, 422, /must be between 1 and 65535, inclusive/],
    '/api/v1/namespaces/default/services?dryRun=All',
  ],
] satisfies readonly Limit[]) {
  test(`limit of ${what}`, async () => {
    assert.equal((await call('POST', path, inside)).status, insideStatus)
    const refused = await call('POST', path, outside)
    assert.equal(refused.status, outsideStatus, refused.message)
    assert.match(refused.message, message)
  })
}

const jsonPatch = { contentType: 'application/json-patch+json' }

test('limit of operations of a JSON patch: 10,000', async () => {
  const patch = (count: number) => Array(count).fill({ op: 'test', path: '/data/a', value: 'b' })
  assert.equal((await call('PATCH', `${configMaps}/known`, patch(10_000), jsonPatch)).status, 200)
  const refused = await call('PATCH', `${configMaps}/known`, patch(10_001), jsonPatch)
  assert.deepEqual(
    [refused.status, refused.message],
    [413, 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001'],
  )
})

test('limit of what a JSON patch copies: 3 MiB', async () => {
  const patch = (count: number) => [
    { op: 'add', path: '/data/a', value: 'x'.repeat(1 << 18) },
    ...Array.from({ length: count }, () => ({ op: 'copy', from: '/data/a', path: '/data/c' })),
  ]
  assert.equal((await call('PATCH', `${configMaps}/known?dryRun=All`, patch(11), jsonPatch)).status, 200)
  const refused = await call('PATCH', `${configMaps}/known?dryRun=All`, patch(12), jsonPatch)
  assert.deepEqual([refused.status, refused.message], [422, 'the server rejected our request due to an error in our request'])
})

test('limit of a field manager: 128', async () => {
  assert.equal((await call('POST', `${dryRun}&fieldManager=${'m'.repeat(128)}`, named({}))).status, 201)
  const refused = await call('POST', `${dryRun}&fieldManager=${'m'.repeat(129)}`, named({}))
  assert.match(refused.message, /fieldManager: Too long: may not be more than 128 bytes/)
})

test('generated names are cut to 63', async () => {
  for (const length of [57, 58, 59, 200]) {
    const { body } = await call('POST', dryRun, { metadata: { generateName: 'g'.repeat(length) } })
    assert.equal((JSON.parse(body) as { readonly metadata: { readonly name: string } }).metadata.name.length, Math.min(length, 58) + 5)
  }
})

test('limit of strict errors: 100; of warnings: 4,096 characters in all', async () => {
  const fields = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}${'y'.repeat(300)}`, 1]))
  const strict = await call('POST', `${dryRun}&fieldValidation=Strict`, { ...named({}), ...fields })
  assert.equal(strict.message.match(/unknown field/g)?.length, 100)
  const warned = await call('POST', dryRun, { ...named({}), ...fields })
  assert.equal(warned.status, 201)
  assert.equal(warned.warnings.length, 16)
})

test('limit of headers: 1 MiB', async () => {
  assert.equal((await call('GET', '/version', undefined, { headers: { 'x-long': 'x'.repeat(1_000_000) } })).status, 200)
  const refused = await call('GET', '/version', undefined, { headers: { 'x-long': 'x'.repeat(1_060_000) } })
  assert.equal(refused.status, 431)
})

test('limit of streams of a connection: 250', async () => {
  const session = connect(server.url, { ca: server.ca })
  session.on('error', () => {})
  const [settings] = (await once(session, 'remoteSettings')) as [{ readonly maxConcurrentStreams?: number }]
  assert.equal(settings.maxConcurrentStreams, 250)
  const watches = Array.from({ length: 251 }, () => openWatch(session))
  await Promise.all(watches.slice(0, 250).map(({ opened }) => opened))
  const last = watches[250]
  assert(last !== undefined)
  assert.equal(await Promise.race([last.opened, later(200)]), undefined, 'the 251st waits')
  session.destroy()
})

function openWatch(session: ClientHttp2Session) {
  const stream = session.request({ ':path': '/api/v1/configmaps?watch=true', authorization: `Bearer ${server.token}` })
  stream.on('error', () => {})
  stream.resume()
  const opened = new Promise<number | undefined>((resolve) => stream.on('response', (headers) => resolve(headers[':status'])))
  return { opened }
}

function later(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms))
}

test('limit of time: what the client asks for, and a body that does not come is over by then', async () => {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', 'content-length': '100' }
  const request = requestHttps(new URL(`${configMaps}?timeout=1s`, server.url), { method: 'POST', ca: server.ca, headers })
  request.on('error', () => {})
  request.write('{')
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  assert.equal(response.statusCode, 504)
  request.destroy()
})
