/**
 * `/metrics`: what the server counts, under upstream's names. Whatever a client sends, there are only so many different
 * label values: they are those of what is served, and what is not served counts as nothing in particular.
 */
import { Gauge, Registry } from 'prom-client'
import type { Clock } from '#base/env/clock'
import type { Answer, Exchange, KindTable, Step, WatchBody } from '../exchange.ts'
import { isLongRunning } from '../request/long-running.ts'
import { registerProcessMetrics } from './process-metrics.ts'
import { type RequestLabels, requestLabels } from './request-labels.ts'
import { type CounterSeries, type HistogramSeries, SeriesCounter, SeriesHistogram } from './series-metrics.ts'

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

/** What counts requests of one set of labels. */
type Handles = {
  readonly total: CounterSeries
  readonly duration: HistogramSeries
  readonly longRunning: Gauge.Internal<string>
}

class RequestMetrics {
  readonly #handles = new Map<string, Handles>()
  readonly #durations = new Map<string, HistogramSeries>()
  readonly #total: SeriesCounter
  readonly #duration: SeriesHistogram
  readonly #longRunning: Gauge
  readonly #inFlight = { readOnly: 0, mutating: 0 }

  constructor(registry: Registry) {
    this.#total = new SeriesCounter({
      name: 'apiserver_request_total',
      help: '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      registry,
      labelNames: [...labelNames, 'dry_run', 'code', 'system_client'],
    })
    const duration = {
      name: 'apiserver_request_duration_seconds',
      help: '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      registry,
      labelNames: [...labelNames, 'dry_run'],
    }
    this.#duration = new SeriesHistogram(duration, durationBuckets)
    this.#longRunning = new Gauge({
      name: 'apiserver_longrunning_requests',
      help: '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      registers: [registry],
      labelNames,
    })
    const lanes = this.#inFlight
    new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      registers: [registry],
      labelNames: ['request_kind'],
      collect() {
        for (const [lane, count] of Object.entries(lanes)) this.set({ request_kind: lane }, count)
      },
    })
  }

  /** Counts the request as under way until what is returned is called. */
  begin({ info }: Exchange): () => void {
    const lane = readingVerbs.has(info.verb) ? 'readOnly' : 'mutating'
    this.#inFlight[lane]++
    return () => this.#inFlight[lane]--
  }

  /** The answer, in which a watch counts as long as it lasts. */
  end({ info }: Exchange, answer: Answer, labels: RequestLabels, seconds: number): Answer {
    const { total, duration, longRunning } = this.#handlesOf(labels, answer.status)
    total.increment()
    if (!isLongRunning(info)) duration.observe(seconds)
    const { body } = answer
    return body.kind === 'watch' ? { ...answer, body: { kind: 'watch', watch: countedWatch(body.watch, longRunning) } } : answer
  }

  #handlesOf(labels: RequestLabels, status: number): Handles {
    const { verb, group, version, resource, subresource, scope, dry_run, system_client } = labels
    const key = `${verb}|${group}|${version}|${resource}|${subresource}|${scope}|${dry_run}|${system_client}|${status}`
    let handles = this.#handles.get(key)
    if (handles === undefined) this.#handles.set(key, (handles = this.#newHandles(labels, status)))
    return handles
  }

  /** Durations and watches are not told apart by status and client. */
  #newHandles(labels: RequestLabels, status: number): Handles {
    const { dry_run, system_client: _, ...request } = labels
    return {
      total: this.#total.series({ ...labels, code: String(status) }),
      duration: this.#durationOf({ ...request, dry_run }),
      longRunning: this.#longRunning.labels(request),
    }
  }

  #durationOf(labels: Readonly<Record<string, string>>): HistogramSeries {
    const key = Object.values(labels).join('|')
    let series = this.#durations.get(key)
    if (series === undefined) this.#durations.set(key, (series = this.#duration.series(labels)))
    return series
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
