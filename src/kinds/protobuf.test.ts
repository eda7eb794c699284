/** The protobuf codec against what upstream wrote: every kind filled in (`api-roundtrip`), and what an API server v1.36.2 had in etcd (`etcd-layout`). */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { formatYaml, parseYaml } from '#base/encoding/yaml'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { isProtobufObject } from '#meta/protobuf/envelope'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import { decode } from '#meta/schema/decode'
import { wireForm } from '#meta/schema/encode'
import { type Schema, shortNameOf } from '#meta/schema/schema'
import { builtinKinds } from './builtin-kinds.ts'
import { optionalKinds } from './optional-kinds.ts'
import { protobufMessages } from './protobuf.gen.ts'

const source = new URL('../', import.meta.url)
const files = globSync(['meta/schema.gen.ts', 'kinds/*/schema*.gen.ts'], { cwd: source })
const modules = await Promise.all(files.map((file): Promise<Record<string, Schema>> => import(new URL(file, source).href)))
const schemas = new Map(
  modules.flatMap((module) => Object.values(module)).map((schema) => [`${schema.apiVersion} ${shortNameOf(schema)}`, schema]),
)
const schemaOf = (apiVersion: string, kind: string) => schemas.get(`${apiVersion} ${kind}`)

const codec = createObjectCodec({ messages: protobufMessages })

function rowsOf<T>(file: string): readonly T[] {
  const text = gunzipSync(readFileSync(new URL(`testdata/${file}.jsonl.gz`, import.meta.url))).toString()
  return text.split('\n').map((line) => JSON.parse(line) as T)
}

function schemaOfObject({ apiVersion, kind }: KubeObject): Schema {
  const schema = schemaOf(apiVersion, kind)
  assert.ok(schema, `${apiVersion} ${kind}`)
  return schema
}

test('every kind filled in: JSON, YAML and protobuf are one object, and it gives the same bytes', () => {
  for (const { json, yaml, protobuf } of rowsOf<{ json: string; yaml: string; protobuf: string }>('api-roundtrip')) {
    const value = JSON.parse(json) as KubeObject
    const schema = schemaOfObject(value)
    const object = decode<KubeObject>(schema, value)
    assert.deepEqual(decode(schema, parseYaml(yaml)), object)
    const read = codec.decode(Buffer.from(protobuf, 'base64'), schemaOf)
    assert.deepEqual(read, object)
    const written = wireForm(schema, read)
    assert.equal(JSON.stringify(written), json, 'the order of fields too')
    assert.equal(formatYaml(written), yaml)
    assert.equal(Buffer.from(codec.encode(schema, object)).toString('base64'), protobuf, `${value.apiVersion} ${value.kind}`)
  }
})

test('no kind that can be served is missing there', () => {
  const rows = rowsOf<{ json: string }>('api-roundtrip').map(({ json }) => JSON.parse(json) as KubeObject)
  const seen = new Set(rows.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))
  for (const { apiVersion, kind } of [...builtinKinds, ...optionalKinds.map((optional) => optional.kind)])
    if (!unfilled.has(`${apiVersion} ${kind}`)) assert.ok(seen.has(`${apiVersion} ${kind}`), `${apiVersion} ${kind}`)
})

/** Kinds that upstream does not keep in its corpus. */
const unfilled: ReadonlySet<string> = new Set(['apiregistration.k8s.io/v1 APIService'])

type Stored = { readonly key: string; readonly value: string }
const stored = rowsOf<Stored>('etcd-layout').map(({ key, value }) => ({ key, bytes: new Uint8Array(Buffer.from(value, 'base64')) }))
/** Upstream keeps how a client spaced raw JSON; we keep what it says. */
const spaced = ['/registry/controllerrevisions/def-controllerrevisions-rich/rich', '/registry/deviceclasses/def-deviceclasses-rich-rich']
/** The allocator of node ports writes a kind that is not served. */
const unserved = ['/registry/ranges/servicenodeports']

test('what upstream has in etcd is read whole and written back as the same bytes', () => {
  const values = stored.filter(({ key, bytes }) => isProtobufObject(bytes) && !unserved.includes(key))
  assert.ok(values.length > 140)
  for (const { key, bytes } of values) {
    const object = codec.decode(bytes, schemaOf)
    assert.deepEqual(object, decode(schemaOfObject(object), object), key)
    const written = codec.encode(schemaOfObject(object), object)
    if (spaced.includes(key)) assert.deepEqual(codec.decode(written, schemaOf), object)
    else assert.deepEqual(Buffer.from(written), Buffer.from(bytes), key)
  }
})

/** What the aggregator serves is stored as JSON. */
function objectOf(bytes: Uint8Array): KubeObject | undefined {
  if (isProtobufObject(bytes)) return codec.decode(bytes, schemaOf)
  return bytes[0] === '{'.charCodeAt(0) ? (JSON.parse(Buffer.from(bytes).toString()) as KubeObject) : undefined
}

const storedKinds = builtinKinds.map((kind) => kind.storedAs?.kind ?? kind)

test('kinds are stored under the keys and in the versions of upstream', () => {
  const seen = new Set<Kind>()
  for (const { key, bytes } of stored) {
    const object = unserved.includes(key) ? undefined : objectOf(bytes)
    const kind = storedKinds.find((one) => one.apiVersion === object?.apiVersion && one.kind === object.kind)
    // Leases of API servers are Endpoints without a namespace.
    if (object === undefined || kind === undefined || key.startsWith('/registry/peerserverleases/')) continue
    const { namespace, name } = object.metadata
    assert.equal(`${kind.storePrefix}${namespace === undefined ? '' : `${namespace}/`}${name}`, key)
    assert.equal(kind.storedAs, undefined, `${kind.apiVersion} ${kind.kind} is stored as itself`)
    seen.add(kind)
  }
  for (const kind of builtinKinds)
    if (!kind.isVirtual) assert.ok(seen.has(kind.storedAs?.kind ?? kind), `${kind.apiVersion} ${kind.kind} is not in etcd`)
})
