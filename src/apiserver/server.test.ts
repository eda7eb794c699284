/** The server over real connections: HTTP/1.1 and HTTP/2, encodings, limits, and its end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { request as requestHttps } from 'node:https'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { WebSocket } from 'ws'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'

type Reply = { readonly status: number; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: Buffer }
type Options = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }

async function call({ url, token, ca }: TestApiServer, path: string, { method = 'GET', headers = {}, body }: Options = {}): Promise<Reply> {
  const request = requestHttps(new URL(path, url), { method, ca, headers: { authorization: `Bearer ${token}`, ...headers } })
  request.end(body)
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }
}

const configMaps = '/api/v1/namespaces/default/configmaps'

test('HTTP/1.1 and HTTP/2 are served on one port', async () => {
  await using server = await startTestApiServer()
  assert.equal((await call(server, '/version')).status, 200)
  const session = connect(server.url, { ca: server.ca })
  const stream = session.request({ ':path': '/api/v1/namespaces/default', authorization: `Bearer ${server.token}` })
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  assert.equal(headers[':status'], 200)
  assert.equal(JSON.parse(await text(stream)).metadata.name, 'default')
  session.close()
})

test('who has no credentials gets health and nothing else; wrong ones are refused', async () => {
  await using server = await startTestApiServer()
  const anonymous = { headers: { authorization: '' } }
  assert.equal((await call(server, '/readyz', anonymous)).status, 200)
  assert.equal((await call(server, configMaps, anonymous)).status, 403)
  assert.equal((await call(server, configMaps, { headers: { authorization: 'Bearer wrong' } })).status, 401)
})

test('YAML is read and written', async () => {
  await using server = await startTestApiServer()
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: "1"\n'
  const created = await call(server, configMaps, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml', accept: 'application/yaml' },
    body,
  })
  assert.equal(created.status, 201)
  assert.match(created.body.toString(), /^apiVersion: v1\ndata:\n {2}a: "?'?1/)
})

test('a body beyond the limit is refused, and the server goes on', async () => {
  await using server = await startTestApiServer()
  const body = JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(3.5 * 1024 * 1024) } })
  const refused = await call(server, configMaps, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  assert.equal(refused.status, 413)
  assert.equal((await call(server, '/livez')).status, 200)
})

test('large answers are packed for those who take it', async () => {
  await using server = await startTestApiServer()
  const data = { a: 'x'.repeat(200_000) }
  await call(server, configMaps, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: 'large' }, data }),
  })
  const packed = await call(server, `${configMaps}/large`, { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(packed.headers['content-encoding'], 'gzip')
  assert.deepEqual(JSON.parse(gunzipSync(packed.body).toString()).data, data)
  assert.equal((await call(server, `${configMaps}/large`)).headers['content-encoding'], undefined)
})

for (const [path, status] of [
  ['/nowhere', 404],
  ['/apis/bogus.example/v1', 404],
  ['/api/v1/bogus', 404],
  ['/api/v1/namespaces/default/configmaps?limit=x', 400],
  ['/api/v1/namespaces/default/configmaps?labelSelector=%3D%3D', 400],
  ['/api/v1/namespaces/%E0%A4%A/configmaps', 200],
] as const) {
  test(`GET ${path} answers ${status}`, async () => {
    await using server = await startTestApiServer()
    assert.equal((await call(server, path)).status, status)
  })
}

test('a watch ends when the server does', async () => {
  const server = await startTestApiServer()
  const watching = call(server, `${configMaps}?watch=true`)
  await call(server, '/livez')
  await server.close()
  assert.equal((await watching).status, 200)
})

test('a watch over a WebSocket is a message an event', async () => {
  await using server = await startTestApiServer()
  const url = new URL(`${configMaps}?watch=true&fieldSelector=metadata.name=seen`, server.url.replace('https:', 'wss:'))
  const socket = new WebSocket(url, { ca: server.ca, headers: { authorization: `Bearer ${server.token}` } })
  await once(socket, 'open')
  const received = once(socket, 'message')
  const json = { 'content-type': 'application/json' }
  await call(server, configMaps, { method: 'POST', headers: json, body: JSON.stringify({ metadata: { name: 'seen' } }) })
  const [message, isBinary] = (await received) as [Buffer, boolean]
  assert.equal(isBinary, false)
  const { type, object } = JSON.parse(message.toString())
  assert.deepEqual([type, object.kind, object.metadata.name], ['ADDED', 'ConfigMap', 'seen'])
  socket.close()
  await once(socket, 'close')
})

test('every document of discovery and OpenAPI is there', async () => {
  await using server = await startTestApiServer()
  const { paths } = JSON.parse((await call(server, '/openapi/v3')).body.toString()) as {
    readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>
  }
  for (const { serverRelativeURL } of Object.values(paths)) {
    const document = JSON.parse((await call(server, serverRelativeURL)).body.toString()) as { readonly openapi: string }
    assert.equal(document.openapi, '3.0.0')
  }
  const groups = JSON.parse((await call(server, '/apis')).body.toString()) as {
    readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[]
  }
  for (const { groupVersion } of groups.groups.flatMap(({ versions }) => versions)) {
    assert.equal((await call(server, `/apis/${groupVersion}`)).status, 200)
  }
})
