import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goFaultOf } from './yaml.ts'

for (const [text, want] of [
  ['a: [\n', 'line 1: did not find expected node content'],
  ['{', 'line 1: did not find expected node content'],
  ['a: [1, 2\nb: 3\n', "line 1: did not find expected ',' or ']'"],
  ['{a: 1\n', "line 1: did not find expected ',' or '}'"],
  ['{a: 1,, b: 2}\n', 'did not find expected node content'],
  ['a: b: c\n', 'mapping values are not allowed in this context'],
  ['a: 1\n b: 2\n', 'line 2: mapping values are not allowed in this context'],
  ['key\nb: 1\n', 'line 2: mapping values are not allowed in this context'],
  ['a: "x\n', 'line 2: found unexpected end of stream'],
  ["a: 'x\n", 'line 2: found unexpected end of stream'],
  ['a:\n\tb: 1\n', 'line 2: found character that cannot start any token'],
  ['\ta: 1\n', 'found character that cannot start any token'],
  ['a: @x\n', 'found character that cannot start any token'],
  ['- a\nb: 1\n', "line 1: did not find expected '-' indicator"],
  ['- - a\n -b\n', "line 1: did not find expected '-' indicator"],
  ['a: 1\n- b\n', 'line 1: did not find expected key'],
  ['a:\n  b: 1\n c: 2\n', 'line 2: did not find expected key'],
  ['a: "x" y\n', 'did not find expected key'],
  ['a: ]', 'did not find expected node content'],
  ['a: *x\n', "unknown anchor 'x' referenced"],
  ['a: \u0001\n', 'control characters are not allowed'],
  ['a: "\\q"\n', 'found unknown escape character'],
  ['a: - b\n', 'block sequence entries are not allowed in this context'],
  ['<<: 1\n', 'map merge requires map or sequence of maps as the value'],
] as const) {
  test(`goFaultOf: ${JSON.stringify(text)}`, () => assert.equal(goFaultOf(text), want))
}
