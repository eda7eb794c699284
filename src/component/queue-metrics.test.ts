import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queueMetrics } from './queue-metrics.ts'

test('queue metrics: each queue is a label, however often one asks', async () => {
  const { registry, observe } = queueMetrics()
  observe('deployment', () => ({ depth: 2, addCount: 5, retryCount: 1 }))
  await registry.metrics()
  const text = await registry.metrics()
  assert.match(text, /workqueue_depth\{name="deployment"\} 2/)
  assert.match(text, /workqueue_adds_total\{name="deployment"\} 5/)
  assert.match(text, /workqueue_retries_total\{name="deployment"\} 1/)
})
