import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeConfig } from './config-file.ts'

const shape = { apiVersions: ['kubelet.config.k8s.io/v1beta1'], kind: 'KubeletConfiguration', fields: ['maxPods'] }
const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n'

test('config file: a document of the right kind is taken', () => {
  assert.equal(decodeConfig(`${head}maxPods: 5\n`, '/c', shape)['maxPods'], 5)
})

for (const [why, text, message] of [
  ['another kind', 'apiVersion: v1\nkind: Pod\n', /no kind "Pod" is registered here: expected "KubeletConfiguration"/],
  ['another version', 'apiVersion: v9\nkind: KubeletConfiguration\n', /no version "v9" of kind KubeletConfiguration is known/],
  ['a field that nobody knows', `${head}maxPod: 5\n`, /strict decoding error: unknown field "maxPod"/],
  ['no object', '- 1\n', /it holds no object/],
  ['no YAML', 'a: [\n', /failed to load config file \/c: yaml: /],
] as const) {
  test(`config file: refuses ${why}`, () => assert.throws(() => decodeConfig(text, '/c', shape), message))
}
