import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, boolean, bytes, definitionsOf, int32, intOrString, map, quantity, string, time } from './build.ts'
import { DecodingError } from './decode.ts'
import { parseJson } from './json.ts'
import { decodeUnstructured } from './unstructured.ts'

const define = definitionsOf('test.v1')
const Inner = define('Inner', () => ({ name: string }))
const Spec = define('Spec', () => ({
  replicas: int32,
  paused: boolean,
  text: string,
  data: bytes,
  at: time,
  cpu: quantity,
  surge: intOrString,
  inner: Inner,
  labels: map(string),
  list: array(Inner),
}))

for (const [given, want] of [
  ['{"replicas":1.0}', { replicas: 1 }],
  ['{"replicas":1e3}', { replicas: 1000 }],
  ['{"replicas":99999999999}', { replicas: 1215752191 }],
] as const) {
  test(`decodeUnstructured: ${given} fits`, () => assert.deepEqual(decodeUnstructured(Spec, parseJson(given).value), want))
}

for (const [given, message] of [
  ['{"text":5}', 'cannot convert int64 to string'],
  ['{"text":1.5}', 'unrecognized type: string'],
  ['{"text":true}', 'unrecognized type: string'],
  ['{"replicas":"x"}', 'unrecognized type: int32'],
  ['{"replicas":1.5}', 'cannot convert float64 to int32'],
  ['{"paused":1}', 'unrecognized type: bool'],
  ['{"data":5}', 'cannot restore slice from int64'],
  ['{"data":"x"}', 'error decoding from json: illegal base64 data at input byte 0'],
  ['{"at":5}', 'json: cannot unmarshal number into Go value of type string'],
  ['{"surge":1.5}', 'json: cannot unmarshal number 1.5 into Go value of type int32'],
  ['{"surge":true}', 'json: cannot unmarshal bool into Go value of type int32'],
  ['{"inner":5}', 'cannot restore struct from: int64'],
  ['{"inner":[]}', 'cannot restore struct from: slice'],
  ['{"labels":"x"}', 'cannot restore map from string'],
  ['{"list":{"a":1}}', 'cannot restore slice from map'],
] as const) {
  test(`decodeUnstructured: ${given} does not fit`, () =>
    assert.throws(() => decodeUnstructured(Spec, parseJson(given).value), new DecodingError(message)))
}
