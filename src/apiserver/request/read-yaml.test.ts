import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YamlError } from '#base/encoding/yaml'
import { readYaml } from './read-yaml.ts'

for (const [text, value, faults] of [
  ['a: 1\nb: [x]\n', { a: 1, b: ['x'] }, []],
  ['{"a":1,"b":"<"}', { a: 1, b: '<' }, []],
  ['{ "a" : 1 }\n', { a: 1 }, []],
  ['{a: yes}', { a: true }, []],
  ['a: 1\nb: 2\na: 3\n', { a: 3, b: 2 }, ['line 3: key "a" already set in map']],
] as const) {
  test(`readYaml: ${JSON.stringify(text)}`, () => assert.deepEqual(readYaml(text), { value, faults }))
}

test('readYaml: JSON with a key twice is told', () => assert.equal(readYaml('{"a":1,"a":2}').faults.length, 1))

test('readYaml: what is neither is refused', () => assert.throws(() => readYaml('{'), YamlError))
