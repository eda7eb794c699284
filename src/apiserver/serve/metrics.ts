/**
 * `/metrics`: what the server counts, under upstream's names. Whatever a client sends, there are only so many different
 * label values: they are those of what is served, and what is not served counts as nothing in particular.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '#base/env/clock'
import type { Answer, Exchange, KindTable, Step, WatchBody } from '../exchange.ts'
import { isLongRunning } from '../request/long-running.ts'
import { registerProcessMetrics } from './process-metrics.ts'
import { type RequestLabels, requestLabels } from './request-labels.ts'

export type Metrics = { readonly registry: Registry; readonly countRequests: Step }

const durationBuckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]

export function createMetrics({ clock, kinds }: { readonly clock: Clock; readonly kinds: KindTable }): Metrics {
  const registry = new Registry()
  registerProcessMetrics(registry)
  const requests = new RequestMetrics(registry)
  return {
    registry,
    async countRequests(exchange, next) {
      const startedMs = clock.monotonicMs()
      const endFlight = requests.begin(exchange)
      try {
        const answer = await next(exchange)
        return requests.end(exchange, answer, requestLabels(exchange, kinds), (clock.monotonicMs() - startedMs) / 1000)
      } finally {
        endFlight()
      }
    },
  }
}

const labelNames = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'] as const

/** The handles of one set of labels: looking them up anew would cost more than counting. */
type Handles = {
  readonly total: Counter.Internal
  readonly duration: Histogram.Internal<string>
  readonly longRunning: Gauge.Internal<string>
}

class RequestMetrics {
  readonly #handles = new Map<string, Handles>()
  readonly #total: Counter
  readonly #duration: Histogram
  readonly #longRunning: Gauge
  readonly #reading: Gauge.Internal<string>
  readonly #mutating: Gauge.Internal<string>

  constructor(registry: Registry) {
    const registers = [registry]
    this.#total = new Counter({
      name: 'apiserver_request_total',
      help: '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      registers,
      labelNames: [...labelNames, 'dry_run', 'code', 'system_client'],
    })
    this.#duration = new Histogram({
      name: 'apiserver_request_duration_seconds',
      help: '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      registers,
      buckets: durationBuckets,
      labelNames: [...labelNames, 'dry_run'],
    })
    this.#longRunning = new Gauge({
      name: 'apiserver_longrunning_requests',
      help: '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      registers,
      labelNames,
    })
    const inFlight = new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      registers,
      labelNames: ['request_kind'],
    })
    this.#reading = inFlight.labels('readOnly')
    this.#mutating = inFlight.labels('mutating')
  }

  /** Counts the request as under way until what is returned is called. */
  begin({ info }: Exchange): () => void {
    const lane = readingVerbs.has(info.verb) ? this.#reading : this.#mutating
    lane.inc()
    return () => lane.dec()
  }

  /** The answer, in which a watch counts as long as it lasts. */
  end({ info }: Exchange, answer: Answer, labels: RequestLabels, seconds: number): Answer {
    const { total, duration, longRunning } = this.#handlesOf(labels, answer.status)
    total.inc()
    if (!isLongRunning(info)) duration.observe(seconds)
    const { body } = answer
    return body.kind === 'watch' ? { ...answer, body: { kind: 'watch', watch: countedWatch(body.watch, longRunning) } } : answer
  }

  #handlesOf(labels: RequestLabels, status: number): Handles {
    const key = `${Object.values(labels).join('|')}|${status}`
    const known = this.#handles.get(key)
    if (known !== undefined) return known
    const { dry_run, system_client, ...request } = labels
    const handles = {
      total: this.#total.labels({ ...labels, code: String(status) }),
      duration: this.#duration.labels({ ...request, dry_run }),
      longRunning: this.#longRunning.labels(request),
    }
    this.#handles.set(key, handles)
    return handles
  }
}

function countedWatch(watch: WatchBody, open: Gauge.Internal<string>): WatchBody {
  return {
    async run(send, signal) {
      open.inc()
      try {
        await watch.run(send, signal)
      } finally {
        open.dec()
      }
    },
  }
}

const readingVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

/** As upstream says it. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

export async function metricsAnswer({ registry }: Metrics): Promise<Answer> {
  const bytes = new TextEncoder().encode(await registry.metrics())
  return { status: 200, body: { kind: 'bytes', contentType, bytes } }
}
