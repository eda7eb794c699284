/** The server in the Kubernetes protobuf encoding: what it answers is what it answers in JSON. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { test } from 'node:test'
import { createProtobufCodec } from '#base/encoding/protobuf'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { ConfigMapList } from '#kinds/core/schema.gen'
import { protobufMessages } from '#kinds/protobuf.gen'
import { defineKind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import { type Schema, shortNameOf } from '#meta/schema/schema'
import { expired } from '#meta/status'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'
import { bookmarkFrame, errorFrame } from './cache/watch-frame.ts'
import type { Answer, Exchange, FrameReader, SharedFrame, WatchBody } from './exchange.ts'
import { valueAnswer } from './registry/answers.ts'
import { answerSchemas } from './serve/answer-schemas.ts'
import { encodeProtobuf } from './serve/encode-protobuf.ts'

const codec = createObjectCodec({ messages: protobufMessages })
const wire = createProtobufCodec({ messages: protobufMessages }, { absent: 'omit', int64: 'number', packed: false })
const schemas = [ConfigMap.schema, ConfigMapList, ...answerSchemas]
const schemaOf = (apiVersion: string, kind: string): Schema | undefined =>
  schemas.find((schema) => schema.apiVersion === apiVersion && shortNameOf(schema) === kind)

const protobuf = 'application/vnd.kubernetes.protobuf'
const configMaps = '/api/v1/namespaces/default/configmaps'

type Options = { readonly method?: string; readonly accept?: string; readonly body?: Uint8Array }
type Reply = { readonly status: number; readonly type: string | undefined; readonly bytes: Uint8Array }

async function open(
  { url, token, ca }: TestApiServer,
  path: string,
  { method = 'GET', accept = protobuf, body }: Options = {},
): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}`, accept, ...(body === undefined ? {} : { 'content-type': protobuf }) }
  const request = requestHttps(new URL(path, url), { method, ca, headers })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

async function call(server: TestApiServer, path: string, options: Options = {}): Promise<Reply> {
  const response = await open(server, path, options)
  const bytes = Buffer.concat(await response.toArray())
  return { status: response.statusCode ?? 0, type: response.headers['content-type'], bytes }
}

async function json(server: TestApiServer, path: string, accept = 'application/json'): Promise<unknown> {
  return JSON.parse(Buffer.from((await call(server, path, { accept })).bytes).toString())
}

const settings = (name: string): KubeObject & { readonly data: object } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { app: 'a' } },
  data: { a: 'ä', b: '' },
})

function create(server: TestApiServer, name: string): Promise<Reply> {
  return call(server, configMaps, { method: 'POST', body: codec.encode(ConfigMap.schema, settings(name)) })
}

test('an object goes in and comes out', async () => {
  await using server = await startTestApiServer()
  const created = await create(server, 'one')
  assert.equal(created.status, 201)
  assert.equal(created.type, protobuf)
  const object = codec.decode(created.bytes, schemaOf)
  assert.partialDeepStrictEqual(object, settings('one'))
  assert.deepEqual(object, await json(server, `${configMaps}/one`))
  assert.deepEqual((await call(server, `${configMaps}/one`)).bytes, created.bytes)
})

type List = { readonly metadata: object; readonly items?: readonly KubeObject[] }

/** The server writes too: the next list may show a later revision. */
function timeless<T extends List>(list: T): T {
  const { metadata } = list
  const hidden = Object.fromEntries(['resourceVersion', 'continue'].filter((name) => name in metadata).map((name) => [name, '']))
  return { ...list, metadata: { ...metadata, ...hidden } }
}

test('lists, pages and what is left of them', async () => {
  await using server = await startTestApiServer()
  for (const name of ['one', 'two', 'three']) await create(server, name)
  for (const query of ['', '?limit=2', '?labelSelector=app%3Db', '?fieldSelector=metadata.name%3Dtwo']) {
    const { bytes, type } = await call(server, configMaps + query)
    assert.equal(type, protobuf)
    const list = codec.decode(bytes, schemaOf) as List
    assert.deepEqual(timeless(list), timeless((await json(server, configMaps + query)) as List))
  }
})

test('metadata alone, and tables only in JSON', async () => {
  await using server = await startTestApiServer()
  await create(server, 'one')
  for (const [path, kind] of [
    [configMaps, 'PartialObjectMetadataList'],
    [`${configMaps}/one`, 'PartialObjectMetadata'],
  ] as const) {
    const form = `;as=${kind};g=meta.k8s.io;v=v1`
    const { bytes } = await call(server, path, { accept: `${protobuf}${form},application/json${form}` })
    const shown = codec.decode(bytes, schemaOf) as List
    const want = (await json(server, path, `application/json${form}`)) as List
    // Items tell no type of their own here.
    const typed = shown.items?.map((item) => ({ ...item, kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }))
    assert.deepEqual(timeless(typed === undefined ? shown : { ...shown, items: typed }), timeless(want))
  }
  const table = ';as=Table;g=meta.k8s.io;v=v1'
  assert.equal((await call(server, configMaps, { accept: `${protobuf}${table},application/json${table}` })).type, 'application/json')
  assert.equal((await call(server, configMaps, { accept: protobuf + table })).status, 406)
})

test('refusals are a Status, and so is a success without an object', async () => {
  await using server = await startTestApiServer()
  await create(server, 'one')
  for (const [method, path, code] of [
    ['GET', `${configMaps}/none`, 404],
    ['GET', `${configMaps}?limit=x`, 400],
    ['DELETE', `${configMaps}/one`, 200],
  ] as const) {
    const { status, type, bytes } = await call(server, path, { method })
    assert.equal(type, protobuf)
    assert.equal(status, code)
    assert.partialDeepStrictEqual(codec.decode(bytes, schemaOf), {
      kind: 'Status',
      apiVersion: 'v1',
      status: code === 200 ? 'Success' : 'Failure',
    })
  }
  const anonymous = await call({ ...server, token: 'wrong' }, configMaps)
  assert.partialDeepStrictEqual(codec.decode(anonymous.bytes, schemaOf), { code: 401, reason: 'Unauthorized' })
})

test('discovery', async () => {
  await using server = await startTestApiServer()
  for (const path of ['/apis', '/apis/apps/v1']) {
    const { bytes, type } = await call(server, path)
    assert.equal(type, protobuf)
    assert.partialDeepStrictEqual(codec.decode(bytes, schemaOf), await json(server, path))
  }
  assert.equal((await call(server, '/version')).status, 406)
})

type WatchEvent = { readonly type: string; readonly object: { readonly raw: Uint8Array } }

test('a watch is frames with their length in front', async () => {
  await using server = await startTestApiServer()
  await create(server, 'one')
  const response = await open(
    server,
    `${configMaps}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
  )
  assert.equal(response.headers['content-type'], `${protobuf};stream=watch`)
  const seen: string[] = []
  for await (const { type, object } of eventsOf(response)) {
    const { metadata } = codec.decode(object.raw, schemaOf)
    seen.push(`${type} ${metadata.name ?? metadata.annotations?.['k8s.io/initial-events-end']}`)
    if (type === 'BOOKMARK') await create(server, 'two')
    if (metadata.name === 'two') break
  }
  assert.deepEqual(seen, ['ADDED one', 'BOOKMARK true', 'ADDED two'])
})

async function* eventsOf(response: IncomingMessage): AsyncGenerator<WatchEvent> {
  let unread = Buffer.alloc(0)
  for await (const chunk of response) {
    unread = Buffer.concat([unread, chunk as Buffer])
    while (unread.length >= 4 && unread.length >= 4 + unread.readUInt32BE(0)) {
      const end = 4 + unread.readUInt32BE(0)
      yield wire.decode('meta.v1.WatchEvent', unread.subarray(4, end)) as WatchEvent
      unread = unread.subarray(end)
    }
  }
}

const watching = { request: { headers: { accept: protobuf }, query: new URLSearchParams() }, info: {} } as unknown as Exchange

function watchAnswer(frame: SharedFrame): Promise<Answer> {
  const watch: WatchBody = { run: async (reader) => void reader.send([frame]) }
  return Promise.resolve({ status: 200, body: { kind: 'watch', watch } })
}

test('what has no message is watched and shown in JSON', async () => {
  const widget = defineKind({
    apiVersion: 'example.io/v1',
    kind: 'Widget',
    plural: 'widgets',
    scope: 'Cluster',
    schema: { type: 'object' },
  })
  const step = encodeProtobuf({ codec, schemaOf: () => widget.schema, kinds: { find: () => widget } })
  const watch = watchAnswer(bookmarkFrame(widget, 1))
  assert.equal(await step(watching, () => watch), await watch)
  const object = valueAnswer({ kind: 'Widget', apiVersion: 'example.io/v1', metadata: {} })
  assert.equal(await step(watching, () => Promise.resolve(object)), object)
})

test('a failure within a watch is a Status in a frame', async () => {
  const step = encodeProtobuf({ codec, schemaOf, kinds: { find: () => ConfigMap } })
  const { body } = await step(watching, () => watchAnswer(errorFrame(expired('too old'))))
  assert.equal(body.kind, 'watch')
  const sent: Uint8Array[] = []
  const reader: FrameReader = { send: (frames) => sent.push(...frames.map(({ bytes }) => bytes)) > 0, drained: () => Promise.resolve() }
  await body.watch.run(reader, new AbortController().signal)
  const [bytes = new Uint8Array()] = sent
  const { type, object } = wire.decode('meta.v1.WatchEvent', bytes.subarray(4)) as WatchEvent
  assert.equal(type, 'ERROR')
  assert.partialDeepStrictEqual(codec.decode(object.raw, schemaOf), { kind: 'Status', code: 410, message: 'too old' })
})
