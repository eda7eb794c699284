import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAllowed, patternsOf } from './request-filter.ts'

const filter = {
  acceptPaths: patternsOf('^.*'),
  rejectPaths: patternsOf('^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach'),
  acceptHosts: patternsOf('^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$'),
  rejectMethods: patternsOf('^DELETE$'),
}

for (const [method, host, path, want] of [
  ['GET', 'localhost:8001', '/api', true],
  ['GET', '127.0.0.1:8001', '/api/v1/pods', true],
  ['GET', '[::1]:8001', '/api', true],
  ['GET', 'evil.example', '/api', false],
  ['GET', 'localhost', '/api/v1/namespaces/a/pods/b/exec', false],
  ['DELETE', 'localhost', '/api/v1/namespaces/a/pods/b', false],
] as const) {
  test(`${method} ${host}${path} ${want ? 'passes' : 'does not pass'}`, () => assert.equal(isAllowed(filter, { method, host, path }), want))
}
