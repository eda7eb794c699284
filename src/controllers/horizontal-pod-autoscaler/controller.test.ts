/** The autoscaler against an API server in memory, and metrics as the test says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { systemRandom } from '#base/env/random'
import { Client } from '#client/client'
import type { Transport } from '#client/transport'
import { Deployment } from '#kinds/apps/deployment.kind'
import { HorizontalPodAutoscaler } from '#kinds/autoscaling/horizontal-pod-autoscaler.kind'
import { Event } from '#kinds/core/event.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { startTestApiServer } from '#testing/api-server'
import { defaultControllerOptions } from '../all-controllers.ts'
import { runControllers } from '../controller-manager.ts'

const namespace = 'default'
const readySince = '2026-01-01T00:00:00Z'

/** Answers the resource metrics API; all else goes to the server. */
function withMetrics(inner: Transport, usageOf: () => string): Transport {
  const podMetrics = async () => {
    const pods = (await new Client(inner).list(Pod, { namespace })).items
    const timestamp = new Date().toISOString()
    return pods.map(({ metadata }) => ({ metadata, timestamp, window: '15s', containers: [{ name: 'c', usage: { cpu: usageOf() } }] }))
  }
  return {
    async request(request, signal) {
      if (!request.path.startsWith('/apis/metrics.k8s.io/')) return await inner.request(request, signal)
      return { ...(await inner.request({ method: 'GET', path: '/version' }, signal)), body: { items: await podMetrics() } }
    },
    watch: (request, signal) => inner.watch(request, signal),
    stream: (request, signal) => inner.stream(request, signal),
  }
}

const deployment: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }] },
    },
  },
  status: {},
}

const scaler: HorizontalPodAutoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
  },
  status: { desiredReplicas: 0 },
}

test('a Deployment grows with its load, and shrinks again', async () => {
  await using api = await startTestApiServer()
  let usage = '200m'
  const client = new Client(withMetrics(api.client.transport, () => usage))
  const stop = new AbortController()
  const autoscaling = { ...defaultControllerOptions.autoscaling, syncPeriodMs: 20 }
  const env = { clock: systemClock, random: systemRandom, log: silentLog }
  const running = runControllers({ ...env, client }, { ...defaultControllerOptions, autoscaling }, stop.signal)
  await client.create(Deployment, deployment)
  await client.create(HorizontalPodAutoscaler, scaler)
  const becomes = async (replicas: number) => {
    for (const endMs = Date.now() + 8000; Date.now() < endMs; await new Promise((resolve) => setTimeout(resolve, 10))) {
      for (const { metadata, status } of (await client.list(Pod, { namespace })).items) {
        if (status?.startTime !== undefined) continue
        const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: readySince }]
        const body = { status: { phase: 'Running', startTime: readySince, conditions } }
        await client.patch(Pod, { namespace, name: metadata.name ?? '' }, { type: 'merge', subresource: 'status', body })
      }
      if ((await client.get(Deployment, { namespace, name: 'web' })).spec.replicas === replicas) return
    }
    assert.fail(`never ${replicas} replicas`)
  }
  try {
    await becomes(3)
    const { status } = await client.get(HorizontalPodAutoscaler, { namespace, name: 'web' })
    assert.deepEqual(status.currentMetrics, [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 200, averageValue: '200m' } } },
    ])
    assert.ok(
      status.conditions?.some(
        ({ type, status: holds, reason }) => type === 'ScalingActive' && holds === 'True' && reason === 'ValidMetricFound',
      ),
    )
    usage = '10m'
    await becomes(1)
    const told = (await client.list(Event, { namespace })).items.map(({ reason, message }) => `${reason} ${message}`)
    assert.ok(told.includes('SuccessfulRescale New size: 3; reason: cpu resource utilization (percentage of request) above target'))
    assert.ok(told.includes('SuccessfulRescale New size: 1; reason: All metrics below target'))
  } finally {
    stop.abort()
    await running
  }
})

test('without metrics an autoscaler says why it does nothing', async () => {
  await using api = await startTestApiServer()
  const { client } = api
  const stop = new AbortController()
  const env = { clock: systemClock, random: systemRandom, log: silentLog }
  const running = runControllers({ ...env, client }, defaultControllerOptions, stop.signal)
  await client.create(Deployment, deployment)
  await client.create(HorizontalPodAutoscaler, scaler)
  try {
    for (const endMs = Date.now() + 8000; ; await new Promise((resolve) => setTimeout(resolve, 10))) {
      const { status } = await client.get(HorizontalPodAutoscaler, { namespace, name: 'web' })
      const active = status.conditions?.find(({ type }) => type === 'ScalingActive')
      if (active !== undefined) {
        assert.deepEqual([active.status, active.reason], ['False', 'FailedGetResourceMetric'])
        assert.match(
          active.message ?? '',
          /resource metrics API: the server could not find the requested resource \(get pods\.metrics\.k8s\.io\)$/,
        )
        return
      }
      assert.ok(Date.now() < endMs, 'no condition')
    }
  } finally {
    stop.abort()
    await running
  }
})
