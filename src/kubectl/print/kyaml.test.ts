import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatKyaml } from './kyaml.ts'

for (const [why, value, want] of [
  ['texts are quoted, all else is not', { a: 'x', b: 1, c: true, d: null }, '{\n  a: "x",\n  b: 1,\n  c: true,\n  d: null,\n}'],
  ['nothing in brackets', { a: {}, b: [] }, '{\n  a: {},\n  b: [],\n}'],
  ['objects stand behind the bracket', { l: [{ a: 1 }, { b: 2 }] }, '{\n  l: [{\n    a: 1,\n  }, {\n    b: 2,\n  }],\n}'],
  ['other entries have lines of their own', { l: ['x', 'y'] }, '{\n  l: [\n    "x",\n    "y",\n  ],\n}'],
  [
    'keys that could be something else are quoted',
    { n: 1, '1': 2, 'a b': 3, 'x.y/z': 4 },
    '{\n  "1": 2,\n  "a b": 3,\n  "n": 1,\n  x.y/z: 4,\n}',
  ],
  ['several lines are several lines', { a: 'one\n two\n' }, '{\n  a: "\\\n     one\\n\\\n    \\ two\\n\\\n    ",\n}'],
] as const) {
  test(`formatKyaml: ${why}`, () => assert.equal(formatKyaml(value), `---\n${want}\n`))
}
