import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProtobufCodec } from '#base/encoding/protobuf'
import { ValidatingWebhookConfiguration } from '#kinds/admissionregistration/validating-webhook-configuration.kind'
import { IngressClass } from '#kinds/networking/ingress-class.kind'
import { protobufMessages } from '#kinds/protobuf.gen'
import type { Exchange } from '../exchange.ts'
import { decodeProtobuf } from './decode-protobuf.ts'

const codec = createProtobufCodec({ messages: protobufMessages }, { absent: 'omit', int64: 'number', packed: false })
const kinds = [IngressClass, ValidatingWebhookConfiguration]

/** The object that the server would see if a client sent `message`. */
async function received(apiVersion: string, kind: string, name: string, message: Parameters<typeof codec.encode>[1]): Promise<unknown> {
  const unknown = { typeMeta: { apiVersion, kind }, raw: codec.encode(name, message) }
  const bytes = Buffer.concat([Buffer.from('k8s\0'), codec.encode('pkg.runtime.Unknown', unknown)])
  const request = { headers: { 'content-type': 'application/vnd.kubernetes.protobuf' }, readBody: async () => bytes }
  const exchange = { request } as unknown as Exchange
  const step = decodeProtobuf({
    messages: protobufMessages,
    schemaOf: (_version, wanted) => kinds.find((one) => one.kind === wanted)?.schema,
  })
  await step(exchange, async () => ({ status: 200, body: { kind: 'empty' } }))
  return exchange.request.object
}

test('fields that are written with other capitals than in JSON arrive', async () => {
  const configuration = { Webhooks: [{ name: 'a.example.com', matchConditions: [{ name: 'm', expression: 'true' }] }] }
  const apiVersion = 'admissionregistration.k8s.io/v1'
  const kind = 'ValidatingWebhookConfiguration'
  assert.partialDeepStrictEqual(await received(apiVersion, kind, `admissionregistration.v1.${kind}`, configuration), {
    apiVersion,
    kind,
    webhooks: configuration.Webhooks,
  })
  const ingressClass = { spec: { controller: 'c', parameters: { aPIGroup: 'g', kind: 'K', name: 'n' } } }
  assert.partialDeepStrictEqual(await received('networking.k8s.io/v1', 'IngressClass', 'networking.v1.IngressClass', ingressClass), {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    spec: { controller: 'c', parameters: { apiGroup: 'g', kind: 'K', name: 'n' } },
  })
})
