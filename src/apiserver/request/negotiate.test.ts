import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '#meta/status'
import { requestOf } from '#testing/exchange'
import { negotiate, negotiateShape, unrefusedForm } from './negotiate.ts'

const asking = (accept: string | undefined) => requestOf('GET /', { headers: { accept } })

for (const [accept, format, shape] of [
  [undefined, 'json', 'object'],
  ['*/*', 'json', 'object'],
  ['application/yaml', 'yaml', 'object'],
  ['application/vnd.kubernetes.protobuf,application/json', 'protobuf', 'object'],
  ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json', 'json', 'object'],
  ['application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'protobuf', 'PartialObjectMetadata'],
  ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'json', 'Table'],
  ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'json', 'object'],
  ['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', 'json', 'PartialObjectMetadataList'],
  ['application/json;q=0.1,application/yaml', 'yaml', 'object'],
  ['text/html,*/*;q=0.8', 'json', 'object'],
] as const) {
  test(`negotiateShape: ${accept} is answered in ${format} as ${shape}`, () => {
    const form = negotiateShape(asking(accept), list)
    assert.deepEqual([form.format, form.shape], [format, shape])
  })
}

for (const accept of [
  'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io',
  'application/cbor',
  'text/html',
  'application/*',
  'APPLICATION/JSON',
  'application/json;as=Nope;v=v1;g=meta.k8s.io',
]) {
  test(`negotiateShape: ${accept} is not acceptable`, () => {
    assert.throws(
      () => negotiateShape(asking(accept), list),
      (error) => error instanceof StatusError && error.code === 406,
    )
  })
}

const list = { isWatch: false, hasStream: true }

test('negotiateShape: a watch is never YAML', () => {
  assert.throws(() => negotiateShape(asking('application/yaml'), { isWatch: true, hasStream: true }), StatusError)
})

test('negotiate: what is no object of a kind is no table', () => {
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  assert.throws(() => negotiate(asking(table)), StatusError)
  assert.equal(negotiate(asking(`${table},application/yaml`)).format, 'yaml')
})

for (const [accept, format] of [
  ['application/yaml', 'yaml'],
  ['application/*', 'json'],
  ['text/html', undefined],
  ['application/json;as=Table;v=v1;g=meta.k8s.io', undefined],
] as const) {
  test(`unrefusedForm: ${accept} is answered in ${format}`, () => assert.equal(unrefusedForm(asking(accept))?.format, format))
}
