import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseYaml } from './yaml.ts'

function laughs(depth: number, width: number): string {
  const lines = Array.from(
    { length: depth },
    (_, at) =>
      `l${at}: &l${at} [${Array(width)
        .fill(at === 0 ? 'ha' : `*l${at - 1}`)
        .join(', ')}]`,
  )
  return lines.join('\n')
}

for (const [why, text, message] of [
  ['nine levels of nine aliases', laughs(9, 9), 'document contains excessive aliasing'],
  ['thirty levels of two aliases', laughs(30, 2), 'document contains excessive aliasing'],
  ['a list within itself', 'a: &a [*a]', 'anchor value contains itself'],
  ['a map within a map of itself', 'a: &a {b: {c: *a}}', 'anchor value contains itself'],
  [
    'one large text nine hundred times',
    `a: &a "${'x'.repeat(100_000)}"\nb: [${Array(900).fill('*a').join(', ')}]`,
    'document contains excessive aliasing',
  ],
] as const) {
  test(`parseYaml refuses ${why}`, () => assert.throws(() => parseYaml(text), { name: 'YamlError', message }))
}

test('parseYaml takes aliases in proportion', () => {
  assert.equal(JSON.stringify(parseYaml('a: &a {x: 1}\nb: [*a, *a]')), '{"a":{"x":1},"b":[{"x":1},{"x":1}]}')
})
