import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentsOf } from './manifests.ts'

/** Names of objects, and messages of what cannot be used. */
function read(content: string): readonly string[] {
  return documentsOf('a.yaml', content).map((manifest) =>
    'object' in manifest ? (manifest.object.metadata.name ?? '') : manifest.error instanceof Error ? manifest.error.message : '',
  )
}

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`

test('documents in order, empty ones left out, lists taken apart', () => {
  assert.deepEqual(read(`---\n${configMap('a')}---\n# nothing\n---\n${configMap('b')}`), ['a', 'b'])
  assert.deepEqual(read(`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}]}`), ['p'])
})

test('what follows a broken document is not looked at', () => {
  assert.deepEqual(read(`${configMap('a')}---\nkind: Pod\n---\n${configMap('b')}`), [
    'a',
    'error validating "a.yaml": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false',
  ])
})

test('faults say the line in the file', () => {
  assert.deepEqual(read(`${configMap('a')}---\nkind: Pod\nmetadata:\n\tname: x\n`), [
    'a',
    'error parsing a.yaml: error converting YAML to JSON: yaml: line 7: found character that cannot start any token',
  ])
})

for (const [why, content, want] of [
  ['no kind', 'apiVersion: v1\n', 'kind not set'],
  ['neither', 'a: b\n', '[apiVersion not set, kind not set]'],
  ['no object', 'hello\n', 'invalid object to validate'],
] as const) {
  test(`refused: ${why}`, () => assert.match(read(content)[0] ?? '', new RegExp(`error validating data: ${want.replace('[', '\\[')}`)))
}

test('labels must be texts', () => {
  assert.deepEqual(read('apiVersion: v1\nkind: Pod\nmetadata: { labels: { a: 1 } }\n'), [
    'unable to decode "a.yaml": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ])
})

test('of keys that stand twice, the last counts', () => {
  assert.deepEqual(read(`${configMap('a')}metadata: { name: b }\n`), ['b'])
})
