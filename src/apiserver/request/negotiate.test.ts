import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '#meta/status'
import type { IncomingRequest } from '../exchange.ts'
import { negotiate } from './negotiate.ts'

for (const [accept, format, shape] of [
  [undefined, 'json', 'object'],
  ['*/*', 'json', 'object'],
  ['application/yaml', 'yaml', 'object'],
  ['application/vnd.kubernetes.protobuf,application/json', 'protobuf', 'object'],
  ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json', 'json', 'object'],
  ['application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'protobuf', 'PartialObjectMetadata'],
  ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'json', 'Table'],
  ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'json', 'object'],
  ['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', 'json', 'PartialObjectMetadata'],
  ['application/json;q=0.1,application/yaml', 'yaml', 'object'],
  ['text/html,*/*;q=0.8', 'json', 'object'],
] as const) {
  test(`negotiate: ${accept} is answered in ${format} as ${shape}`, () => {
    const form = negotiate(requestOf(accept))
    assert.deepEqual([form.format, form.shape], [format, shape])
  })
}

for (const accept of [
  'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io',
  'application/cbor',
  'text/html',
  'application/*',
  'application/json;as=Nope;v=v1;g=meta.k8s.io',
]) {
  test(`negotiate: ${accept} is not acceptable`, () => {
    assert.throws(
      () => negotiate(requestOf(accept)),
      (error) => error instanceof StatusError && error.code === 406,
    )
  })
}

test('negotiate: a watch is never YAML', () => {
  assert.throws(() => negotiate(requestOf('application/yaml'), true), StatusError)
})

function requestOf(accept: string | undefined): IncomingRequest {
  return { method: 'GET', path: '/', query: new URLSearchParams(), headers: { accept }, readBody: () => Promise.resolve(new Uint8Array()) }
}
