import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGoUrl } from './go-url.ts'

for (const [text, want] of [
  ['https://u:p@x.example:8443/y?q#f', { scheme: 'https', host: 'x.example:8443', userInfo: 'u:p', query: 'q', fragment: 'f' }],
  ['HTTPS://x', { scheme: 'https', host: 'x', userInfo: undefined, query: '', fragment: '' }],
  ['//x/y', { scheme: '', host: 'x', userInfo: undefined, query: '', fragment: '' }],
  ['https:opaque', { scheme: 'https', host: '', userInfo: undefined, query: '', fragment: '' }],
  ['https://[::1]:80/', { scheme: 'https', host: '[::1]:80', userInfo: undefined, query: '', fragment: '' }],
  [':foo', { problem: 'parse ":foo": missing protocol scheme' }],
  ['1http://x', { problem: 'parse "1http://x": first path segment in URL cannot contain colon' }],
  ['https://a b', { problem: 'parse "https://a b": invalid character " " in host name' }],
  ['https://a:b', { problem: 'parse "https://a:b": invalid port ":b" after host' }],
  ['https://[::1', { problem: 'parse "https://[::1": missing \']\' in host' }],
  ['https://x/%zz', { problem: 'parse "https://x/%zz": invalid URL escape "%zz"' }],
  ['https://x\u0001', { problem: 'parse "https://x\\x01": net/url: invalid control character in URL' }],
] as const) {
  test(`parseGoUrl: ${JSON.stringify(text)}`, () => assert.deepEqual(parseGoUrl(text), want))
}
