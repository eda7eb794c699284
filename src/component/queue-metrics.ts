/** Figures of work queues under upstream's names, read when somebody asks for them. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

export type QueueStats = { readonly depth: number; readonly addCount: number; readonly retryCount: number }

export type QueueMetrics = { readonly registry: Registry; readonly observe: (name: string, statsOf: () => QueueStats) => void }

export function queueMetrics(): QueueMetrics {
  const registry = new Registry()
  const queues = new Map<string, () => QueueStats>()
  collectDefaultMetrics({ register: registry })
  const figures = { labelNames: ['name'], registers: [registry] }
  new Gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue', ...figures, collect: collector((stats) => stats.depth) })
  new Counter({
    name: 'workqueue_adds_total',
    help: 'Total number of adds handled by workqueue',
    ...figures,
    collect: counting((stats) => stats.addCount),
  })
  new Counter({
    name: 'workqueue_retries_total',
    help: 'Total number of retries handled by workqueue',
    ...figures,
    collect: counting((stats) => stats.retryCount),
  })
  return { registry, observe: (name, statsOf) => void queues.set(name, statsOf) }

  function collector(figureOf: (stats: QueueStats) => number) {
    return function collect(this: Gauge<string>): void {
      for (const [name, statsOf] of queues) this.set({ name }, figureOf(statsOf()))
    }
  }

  /** A counter cannot be set: it starts over and takes the whole figure. */
  function counting(figureOf: (stats: QueueStats) => number) {
    return function collect(this: Counter<string>): void {
      this.reset()
      for (const [name, statsOf] of queues) this.inc({ name }, figureOf(statsOf()))
    }
  }
}
