import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HorizontalPodAutoscalerV1 } from '#kinds/autoscaling/horizontal-pod-autoscaler.v1.kind'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { protobufMessages } from '#kinds/protobuf.gen'
import { defaulted } from '#meta/defaulted'
import { createObjectCodec } from '#meta/protobuf/object-codec'
import { decodeObject } from '#meta/wire'
import { portRecord } from '../services/port-record.ts'
import { storedForm, storedJson, storedKindOf, valueFormat } from './value-format.ts'

const codec = createObjectCodec({ messages: protobufMessages })
const kinds = [ConfigMap, HorizontalPodAutoscalerV1, storedKindOf(HorizontalPodAutoscalerV1)]
const kindOf = (apiVersion: string, kind: string) => kinds.find((one) => one.apiVersion === apiVersion && one.kind === kind)
const format = valueFormat({ codec, kindOf }, 'application/vnd.kubernetes.protobuf')

test('what is stored does not tell its revision', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: '7' }, data: { k: 'v' } }
  const value = format.toStored(ConfigMap, object, storedJson(ConfigMap, object))
  assert.equal(codec.decode(value, () => ConfigMap.schema).metadata.resourceVersion, undefined)
  assert.deepEqual(decodeObject(format.toJson(value)), { ...object, metadata: { name: 'a' } })
})

test('JSON stays as it is, and becomes protobuf when it is translated', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
  const json = storedJson(ConfigMap, object)
  assert.equal(format.toJson(json), json)
  assert.deepEqual(format.translate(json), codec.encode(ConfigMap.schema, object))
})

test('what another server stored in a version that we do not store is read as the one that we do, with its defaults', () => {
  const scaler = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec: { maxReplicas: 3 } }
  const value = codec.encode(HorizontalPodAutoscalerV1.schema, scaler)
  const read = codec.decode(value, () => HorizontalPodAutoscalerV1.schema)
  const stored = storedForm(HorizontalPodAutoscalerV1, defaulted(HorizontalPodAutoscalerV1, read))
  assert.equal(decodeObject(format.toJson(value)).apiVersion, 'autoscaling/v2')
  assert.deepEqual(format.toJson(value), storedJson(storedKindOf(HorizontalPodAutoscalerV1), stored))
})

test('what is of no known kind, such as the record of taken ports, is not translated', () => {
  const record = portRecord({ from: 30_000, to: 32_767 }, [3], 'application/vnd.kubernetes.protobuf')
  assert.equal(format.translate(record), record)
})
