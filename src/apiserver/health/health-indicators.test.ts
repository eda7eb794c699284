import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../exchange.ts'
import type { HealthCheck } from './health.ts'
import { healthIndicators } from './health-indicators.ts'

test('each check is counted under the path that asked for it', async () => {
  const problems = [undefined, 'gone']
  const checks: readonly HealthCheck[] = [{ name: 'etcd', paths: ['readyz', 'livez'], check: () => problems.shift() }]
  const indicators = healthIndicators()
  const { route } = indicators
  const [check] = indicators.noted(checks, 'readyz')
  assert.equal(await check?.check(), undefined)
  assert.equal(await check?.check(), 'gone')
  const answer = await route({ request: { path: '/metrics/slis' } } as Exchange)
  assert.ok(answer?.body.kind === 'bytes')
  assert.equal(answer.body.contentType, 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores')
  const text = Buffer.from(answer.body.bytes).toString()
  assert.match(text, /^kubernetes_healthcheck\{name="etcd",type="readyz"\} 0$/m)
  assert.match(text, /^kubernetes_healthchecks_total\{name="etcd",type="readyz",status="success"\} 1$/m)
  assert.match(text, /^kubernetes_healthchecks_total\{name="etcd",type="readyz",status="error"\} 1$/m)
  assert.equal(await route({ request: { path: '/metrics' } } as Exchange), undefined)
})
