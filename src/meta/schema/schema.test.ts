import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  anything,
  array,
  boolean,
  bytes,
  definitionsOf,
  field,
  int32,
  int64,
  intOrString,
  map,
  microTime,
  quantity,
  string,
  time,
} from './build.ts'
import { decode } from './decode.ts'
import { withDefaults } from './default.ts'
import { wireForm, withoutNulls } from './encode.ts'
import { parseJson } from './json.ts'
import type { Schema } from './schema.ts'
import { strictErrors, unknownFields } from './unknown-fields.ts'

const define = definitionsOf('test.v1')
const Port = define('Port', () => ({ port: int32, protocol: field(string, { default: 'TCP' }) }), { required: ['port'], always: ['port'] })
const Spec: Schema = define(
  'Spec',
  () => ({
    name: string,
    replicas: int32,
    minReady: int32,
    paused: boolean,
    ports: array(Port),
    labels: map(string),
    limits: map(quantity),
    data: map(bytes),
    started: time,
    renewed: microTime,
    max: intOrString,
    raw: anything,
    big: int64,
    resources: Port,
    children: array(Spec),
  }),
  { required: ['ports'], always: ['name', 'resources'], keepsZero: ['replicas'], writesNull: ['ports', 'started'] },
)
const empty = { name: '', ports: [], resources: { port: 0 } }

for (const [why, value, want] of [
  ['what Go always writes is there', {}, {}],
  ['nulls are absent', { labels: null, replicas: null, resources: null }, {}],
  ['a zero stays where it differs from absence', { replicas: 0, minReady: 0, paused: false }, { replicas: 0 }],
  ['empty lists and maps vanish', { labels: {}, children: [], limits: {} }, {}],
  ['unknown fields are dropped', { bogus: 1 }, {}],
  ['quantities become canonical', { limits: { cpu: '1000m', memory: 1024 } }, { limits: { cpu: '1', memory: '1024' } }],
  [
    'times become canonical',
    { started: '2026-01-02T04:04:05.7+01:00', renewed: '2026-01-02T04:04:05.600000+01:00' },
    { started: '2026-01-02T03:04:05Z', renewed: '2026-01-02T03:04:05.600000Z' },
  ],
  ['keys of maps are sorted', { labels: { b: '1', a: '2' } }, { labels: { a: '2', b: '1' } }],
  ['null in a map is the zero value', { labels: { a: null } }, { labels: { a: '' } }],
  ['a raw value is kept as it is', { raw: { a: [null, false] } }, { raw: { a: [null, false] } }],
] as const) {
  test(`decode: ${why}`, () => assert.equal(JSON.stringify(sorted(decode(Spec, value))), JSON.stringify(sorted({ ...empty, ...want }))))
}

function sorted(value: unknown): unknown {
  return Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1))
}

for (const [value, message] of [
  [
    { renewed: '2026-01-02T03:04:05Z' },
    'parsing time "2026-01-02T03:04:05Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
  ],
  [{ replicas: 'x' }, 'json: cannot unmarshal string into Go struct field Spec.replicas of type int32'],
  [{ replicas: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field Spec.replicas of type int32'],
  [{ replicas: 3e9 }, 'json: cannot unmarshal number 3000000000 into Go struct field Spec.replicas of type int32'],
  [
    { children: [{ ports: [{ port: '80' }] }] },
    'json: cannot unmarshal string into Go struct field Port.children.ports.port of type int32',
  ],
  [{ labels: [] }, 'json: cannot unmarshal array into Go struct field Spec.labels of type map[string]string'],
  [{ labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field Spec.labels of type string'],
  [{ ports: 'x' }, 'json: cannot unmarshal string into Go struct field Spec.ports of type []v1.Port'],
  [{ resources: 1 }, 'json: cannot unmarshal number into Go struct field Spec.resources of type v1.Port'],
  [{ data: { a: 'not base64' } }, 'illegal base64 data at input byte 3'],
  [{ renewed: 'x' }, 'parsing time "x" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "x" as "2006"'],
  [[], 'json: cannot unmarshal array into Go value of type v1.Spec'],
] as const) {
  test(`decode refuses ${JSON.stringify(value)}`, () => assert.throws(() => decode(Spec, value), { name: 'DecodingError', message }))
}

for (const [why, text, message] of [
  [
    'the first value of a wrong type in the text',
    '{"children":[{"paused":1}],"name":5}',
    'json: cannot unmarshal number into Go struct field Spec.children.paused of type bool',
  ],
  [
    'what reads itself before that',
    '{"name":5,"renewed":"x"}',
    'parsing time "x" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "x" as "2006"',
  ],
] as const) {
  test(`decode tells of several faults ${why}`, () => assert.throws(() => decode(Spec, JSON.parse(text)), { message }))
}

test('decode names structs and types as Go does', () => {
  const volume = definitionsOf('io.k8s.api.core.v1')('Volume', () => ({ name: string, items: array(Port) }))
  const message = 'json: cannot unmarshal string into Go struct field Port.VolumeSource.items.port of type int32'
  assert.throws(() => decode(volume, { items: [{ port: 'x' }] }), { message })
  const service = definitionsOf('io.k8s.api.core.v1')('ServiceSpec', () => ({ type: string }))
  assert.throws(() => decode(service, { type: 1 }), {
    message: 'json: cannot unmarshal number into Go struct field ServiceSpec.type of type v1.ServiceType',
  })
})

test('decode takes bytes as a list of numbers too', () =>
  assert.deepEqual(decode<{ data: unknown }>(Spec, { data: { a: [104, 105] } }).data, { a: 'aGk=' }))

test('strictErrors: duplicates stand where the name comes again, and nobody looks into what may be anything', () => {
  const { value, members } = parseJson('{"name":"a","bogus":1,"raw":{"x":1,"x":2},"name":"b"}', { findDuplicates: true })
  assert.deepEqual(strictErrors(Spec, value, members), ['unknown field "bogus"', 'duplicate field "name"'])
})

test('unknownFields and duplicates are reported as upstream does', () => {
  const { value, members } = parseJson('{"zzz":1,"ports":[{"port":1,"port":2,"bogus":3}]}', { findDuplicates: true })
  assert.deepEqual(unknownFields(Spec, value), ['zzz', 'ports[0].bogus'])
  assert.deepEqual(strictErrors(Spec, value, members), [
    'unknown field "zzz"',
    'duplicate field "ports[0].port"',
    'unknown field "ports[0].bogus"',
  ])
})

test('withDefaults fills what is absent and shares what is complete', () => {
  assert.deepEqual(withDefaults(Spec, { ports: [{ port: 1 }] }), { ports: [{ port: 1, protocol: 'TCP' }] })
  const complete = { ports: [{ port: 1, protocol: 'UDP' }] }
  assert.equal(withDefaults(Spec, complete), complete)
})

test('wireForm writes null for empty lists and times, withoutNulls takes it away', () => {
  const wire = wireForm(Spec, { name: 'a', ports: [] })
  assert.deepEqual(wire, { name: 'a', ports: null, started: null })
  assert.deepEqual(withoutNulls(wire), { name: 'a' })
})

test('wireForm writes maps by key', () => {
  const wire = wireForm(Spec, { name: 'a', ports: [{ port: 1 }], labels: { b: '1', a: '2' } }) as { readonly labels: object }
  assert.equal(JSON.stringify(wire.labels), '{"a":"2","b":"1"}')
})

for (const [text, message] of [
  ['', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected end of JSON input'],
  ['{} garbage', "invalid character 'g' after top-level value"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['\uFEFF{}', "invalid character 'ï' looking for beginning of value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['[1 2]', "invalid character '2' after array element"],
  ['tru ', "invalid character ' ' in literal true (expecting 'e')"],
  ['[1.]', "invalid character ']' after decimal point in numeric literal"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
] as const) {
  test(`parseJson refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseJson(text), { name: 'JsonError', message }))
}

test('parseJson keeps large integers exact and refuses what is nested too deep', () => {
  assert.equal(JSON.stringify(parseJson('{"big":9007199254740993}').value), '{"big":9007199254740993}')
  assert.equal(JSON.stringify(decode<{ big: unknown }>(Spec, parseJson('{"big":9007199254740993}').value).big), '9007199254740993')
  assert.throws(() => parseJson('['.repeat(10_001) + ']'.repeat(10_001)), { message: "invalid character '[' exceeded max depth" })
})
