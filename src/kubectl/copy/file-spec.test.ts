import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFileSpec } from './file-spec.ts'

for (const [text, want] of [
  ['/tmp/a', { type: 'local', path: '/tmp/a' }],
  ['web:/tmp/a', { type: 'remote', namespace: undefined, pod: 'web', path: '/tmp/a' }],
  ['shop/web:/a:b', { type: 'remote', namespace: 'shop', pod: 'web', path: '/a:b' }],
] as const) {
  test(`parseFileSpec: ${text}`, () => assert.deepEqual(parseFileSpec(text), want))
}

for (const text of [':/a', 'a/b/c:/d', '/b:/c']) {
  test(`parseFileSpec refuses ${text}`, () => assert.throws(() => parseFileSpec(text), /canonical format/))
}
