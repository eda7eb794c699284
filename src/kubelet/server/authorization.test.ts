import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subresourcesOf } from './authorization.ts'

for (const [path, want] of [
  ['/stats/summary', ['stats']],
  ['/metrics', ['metrics']],
  ['/metrics/resource', ['metrics']],
  ['/metricsx', ['proxy']],
  ['/logs/syslog', ['log']],
  ['/healthz', ['healthz', 'proxy']],
  ['/pods', ['pods', 'proxy']],
  ['/runningpods/', ['pods', 'proxy']],
  ['/configz', ['configz', 'proxy']],
  ['/exec/a/b/c', ['proxy']],
  ['/containerLogs/a/b/c', ['proxy']],
] as const) {
  test(`subresourcesOf ${path}`, () => assert.deepEqual(subresourcesOf(path), want))
}
