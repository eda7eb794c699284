import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeYaml } from './yaml-writer.ts'

for (const [why, value, want] of [
  ['keys in order, lists without indentation', { b: [1, { c: 2, a: 1 }], a: {} }, 'a: {}\nb:\n- 1\n- a: 1\n  c: 2\n'],
  [
    'text that reads as something else is quoted',
    { a: 'true', b: '1', c: 'y', d: '', e: '~' },
    'a: "true"\nb: "1"\nc: "y"\nd: ""\n' + 'e: "~"\n',
  ],
  [
    'text that begins with an indicator',
    { a: '- x', b: '*', c: 'a: b', d: '#', e: '@x' },
    "a: '- x'\nb: '*'\nc: 'a: b'\nd: '#'\ne: '@x'\n",
  ],
  ['several lines are a literal block', { a: 'x\ny\n', b: 'x\ny' }, 'a: |\n  x\n  y\nb: |-\n  x\n  y\n'],
  ['a block that begins with a space says its indentation', { a: ' x\ny\n' }, 'a: |2\n   x\n  y\n'],
  ['keys that are numbers or booleans are quoted', { n: 1, 1: 2 }, '"1": 2\n"n": 1\n'],
  ['times are quoted', { t: '2026-01-01T00:00:00Z' }, 't: "2026-01-01T00:00:00Z"\n'],
  ['nothing is null', { a: null }, 'a: null\n'],
  ['lists in lists', [[1, 2], []], '- - 1\n  - 2\n- []\n'],
  ['control characters are escaped', { a: '\u0001' }, 'a: "\\x01"\n'],
  [
    'long text is folded after column 80',
    { a: `${'word '.repeat(20)}end` },
    `a: ${'word '.repeat(16).trim()}\n  ${'word '.repeat(4)}end\n`,
  ],
  ['what YAML cannot print is escaped', { a: '\ud83d\ude00\t' }, 'a: "\\U0001F600\\t"\n'],
  ['a key beyond 128 characters stands behind a question mark', { ['k'.repeat(129)]: 'v' }, `? ${'k'.repeat(129)}\n: v\n`],
  ['quoted text is folded at single spaces only', { a: `'${'x'.repeat(80)}  y z'` }, `a: '''${'x'.repeat(80)}  y\n  z'''\n`],
  ['what looks like a time but is none is plain', { a: '2026-13-01', b: '2026-12-01' }, 'a: 2026-13-01\nb: "2026-12-01"\n'],
] as const) {
  test(`writeYaml: ${why}`, () => assert.equal(writeYaml(value), want))
}

test('numbers in keys count as numbers', () => {
  assert.equal(writeYaml({ a10: 1, a9: 1 }), 'a9: 1\na10: 1\n')
})
