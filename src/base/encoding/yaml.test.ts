import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatYaml, parseYaml, parseYamlDocuments, YamlError } from './yaml.ts'

for (const [text, want] of [
  ['yes', true],
  ['on', true],
  ['"yes"', 'yes'],
  ['0777', 511],
  ['0o17', 15],
  ['0x1f', 31],
  ['1e3', 1000],
  ['12:30', '12:30'],
  ['2026-01-01', '2026-01-01'],
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['~', null],
  ['5m', '5m'],
  ['1.0', 1],
] as const) {
  test(`parseYaml reads ${text} as Go does`, () => assert.deepEqual(parseYaml(`a: ${text}`), { a: want }))
}

test('parseYaml takes the first of several documents, and nothing where there is none', () => {
  assert.deepEqual(parseYaml('---\na: 1\n---\nb: 2\n'), { a: 1 })
  assert.equal(parseYaml('  \n'), undefined)
  assert.deepEqual(parseYamlDocuments('a: 1\n---\nb: 2\n'), [{ a: 1 }, { b: 2 }])
})

test('a fault names its line', () => {
  assert.throws(
    () => parseYaml('a:\n\tb: 1'),
    (error) => error instanceof YamlError && error.line === 2,
  )
  assert.throws(() => parseYaml('a: 1\na: 2'), YamlError)
  assert.deepEqual(parseYaml('a: 1\na: 2', { allowsDuplicates: true }), { a: 2 })
})

test('formatYaml sorts keys, quotes what would be read otherwise and does not indent lists', () => {
  assert.equal(formatYaml({ b: [{ x: 1 }], a: 'yes' }), 'a: "yes"\nb:\n- x: 1\n')
})
