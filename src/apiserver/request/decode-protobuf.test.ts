import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { protobufMessages } from '#kinds/protobuf.gen'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import type { Exchange } from '../exchange.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { readValue } from './read-body.ts'

const codec = createObjectCodec({ messages: protobufMessages })
const schemaOf = (apiVersion: string, kind: string) => (apiVersion === 'v1' && kind === 'ConfigMap' ? ConfigMap.schema : undefined)
const step = decodeProtobuf({ codec, schemaOf })

const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } }
const bytes = codec.encode(ConfigMap.schema, object)

/** What a handler that wants a config map reads. */
async function received(body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const request = { headers: { 'content-type': 'application/vnd.kubernetes.protobuf', ...headers }, readBody: async () => body }
  const exchange = { request } as unknown as Exchange
  await step(exchange, async () => ({ status: 200, body: { kind: 'empty' } }))
  return (await readValue(exchange.request, 'ConfigMap'))?.value
}

test('a body arrives as the object that JSON would have given', async () => {
  assert.deepEqual(await received(bytes), object)
  assert.deepEqual(await received(gzipSync(bytes), { 'content-encoding': 'gzip' }), object)
  assert.equal(await received(new Uint8Array()), undefined)
})

for (const [why, body, message] of [
  [
    'no envelope',
    Buffer.from('x'),
    'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (78)',
  ],
  [
    'garbage in it',
    Buffer.from('k8s\0garbage'),
    'the object provided is unrecognized (must be of type ConfigMap): proto: illegal wireType 7 (6b38730067617262616765)',
  ],
  [
    'another kind',
    Buffer.from(Buffer.from(bytes).toString('latin1').replace('ConfigMap', 'Confusion'), 'latin1'),
    'Confusion in version "v1" cannot be handled as a ConfigMap: no kind "Confusion" is registered for version "v1"',
  ],
  [
    'a damaged message',
    Buffer.from(Buffer.from(bytes).toString('latin1').replace('\x12\x06\x0a\x01k\x12\x01v', '\x12\x06\x0a\x01k\x12\x7fv'), 'latin1'),
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF',
  ],
] as const) {
  test(`a body is refused in upstream's words: ${why}`, async () => {
    await assert.rejects(received(body), { code: 400, message })
  })
}
