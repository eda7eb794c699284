import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indentedBy, wordWrap } from './word-wrap.ts'

for (const [why, text, widthMax, want] of [
  ['short lines stay', 'a b', 10, 'a b'],
  ['a line breaks between words', 'one two three', 8, 'one two\nthree'],
  ['spaces within a line stay', 'a   b', 10, 'a   b'],
  ['spaces at a break go', 'aaa   bbb', 5, 'aaa\nbbb'],
  ['line breaks stay', 'a\n\nb', 10, 'a\n\nb'],
  ['a word that is too long is left whole', 'a very-very-long-word b', 6, 'a\nvery-very-long-word\nb'],
  ['an indentation stays', ' - a', 10, ' - a'],
] as const) {
  test(`wordWrap: ${why}`, () => assert.equal(wordWrap(text, widthMax), want))
}

test('indentedBy indents empty lines too', () => assert.equal(indentedBy('a\n\nb', 2), '  a\n  \n  b'))
