import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goQuote } from './go-quote.ts'

for (const [text, want] of [
  ['plain text', '"plain text"'],
  ['ü 日本 😀', '"ü 日本 😀"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\0\u0007\n\u007f', '"\\x00\\a\\n\\x7f"'],
  ['\u0085\u2028', '"\\u0085\\u2028"'],
  ['\ud800', '"\ufffd"'],
  ['\u{e0001}', '"\\U000e0001"'],
] as const) {
  test(`goQuote: ${want}`, () => assert.equal(goQuote(text), want))
}
