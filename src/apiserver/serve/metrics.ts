/** `/metrics`: what the server counts, under upstream's names. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '#base/env/clock'
import type { Answer, Exchange, Step } from '../exchange.ts'
import { isLongRunning } from '../request/long-running.ts'

export type Metrics = { readonly registry: Registry; readonly countRequests: (clock: Clock) => Step; readonly watching: Gauge }

const durationBuckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const labelNames = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'] as const
  const total = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests by verb, resource and answer code.',
    registers,
    labelNames: [...labelNames, 'dry_run', 'code'],
  })
  const duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Time from request to answer, watches left out.',
    registers,
    buckets: durationBuckets,
    labelNames: [...labelNames, 'dry_run'],
  })
  const inFlight = new Gauge({
    name: 'apiserver_current_inflight_requests',
    help: 'Requests being worked on.',
    registers,
    labelNames: ['request_kind'],
  })
  const watching = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Watches and connections that are open.',
    registers,
    labelNames,
  })
  const countRequests =
    (clock: Clock): Step =>
    async (exchange, next) => {
      const startedMs = clock.monotonicMs()
      const lane = { request_kind: readingVerbs.has(exchange.info.verb) ? 'readOnly' : 'mutating' }
      inFlight.inc(lane)
      try {
        const answer = await next(exchange)
        observe(exchange, answer, (clock.monotonicMs() - startedMs) / 1000)
        return answer
      } finally {
        inFlight.dec(lane)
      }
    }
  function observe(exchange: Exchange, answer: Answer, seconds: number): void {
    const { labels, dryRun } = labelsOf(exchange)
    total.inc({ ...labels, dry_run: dryRun, code: String(answer.status) })
    if (!isLongRunning(exchange.info)) duration.observe({ ...labels, dry_run: dryRun }, seconds)
  }
  return { registry, countRequests, watching }
}

const readingVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

function labelsOf({ info, request }: Exchange) {
  const { group, version, resource, subresource } = info
  const verb = info.isResourceRequest ? info.verb.toUpperCase() : request.method
  const dryRun = request.query.size > 0 && request.query.has('dryRun') ? 'All' : ''
  return { labels: { verb, group, version, resource, subresource, scope: scopeOf(info), component: 'apiserver' }, dryRun }
}

function scopeOf({ isResourceRequest, name, namespace }: Exchange['info']): string {
  if (!isResourceRequest) return ''
  if (name !== '') return 'resource'
  return namespace === '' ? 'cluster' : 'namespace'
}

export async function metricsAnswer({ registry }: Metrics): Promise<Answer> {
  const bytes = new TextEncoder().encode(await registry.metrics())
  return { status: 200, body: { kind: 'bytes', contentType: registry.contentType, bytes } }
}
