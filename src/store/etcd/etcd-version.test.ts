import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSupported } from './etcd-version.ts'

for (const [version, want] of [
  ['3.3.27', false],
  ['2.3.8', false],
  ['3.4.0', true],
  ['3.4.23', true],
  ['3.10.1-rc.0', true],
  ['4.0.0', true],
] as const) {
  test(`etcd ${version} is ${want ? 'new' : 'too old'}`, () => assert.equal(isSupported(version), want))
}
