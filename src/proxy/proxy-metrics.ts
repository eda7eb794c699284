/** What kube-proxy counts, under upstream's names. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '#base/env/clock'
import type { SyncResult } from './backends/nftables/nftables-backend.ts'

const durationBuckets = Array.from({ length: 15 }, (_, index) => 0.001 * 2 ** index)

export class ProxyMetrics {
  readonly registry = new Registry()
  readonly #clock: Clock
  readonly #duration: Histogram
  readonly #fullDuration: Histogram
  readonly #partialDuration: Histogram
  readonly #lastSync: Gauge
  readonly #lastQueued: Gauge
  readonly #serviceChanges: Counter
  readonly #endpointChanges: Counter
  readonly #failures: Counter

  constructor(clock: Clock) {
    this.#clock = clock
    const registers = [this.registry]
    const histogram = (name: string, help: string) =>
      new Histogram({ name: `kubeproxy_${name}`, help, buckets: durationBuckets, registers })
    const gauge = (name: string, help: string) => new Gauge({ name: `kubeproxy_${name}`, help, registers })
    const counter = (name: string, help: string) => new Counter({ name: `kubeproxy_${name}`, help, registers })
    this.#duration = histogram('sync_proxy_rules_duration_seconds', 'How long a sync took, in seconds')
    this.#fullDuration = histogram('sync_full_proxy_rules_duration_seconds', 'How long a sync of everything took, in seconds')
    this.#partialDuration = histogram('sync_partial_proxy_rules_duration_seconds', 'How long a sync of what changed took, in seconds')
    this.#lastSync = gauge('sync_proxy_rules_last_timestamp_seconds', 'When the rules were last written')
    this.#lastQueued = gauge('sync_proxy_rules_last_queued_timestamp_seconds', 'When a sync was last asked for')
    this.#serviceChanges = counter('sync_proxy_rules_service_changes_total', 'Changes of services')
    this.#endpointChanges = counter('sync_proxy_rules_endpoint_changes_total', 'Changes of endpoints')
    this.#failures = counter('sync_proxy_rules_nftables_sync_failures_total', 'Transactions that the kernel refused')
  }

  changed(source: 'service' | 'endpoints' | 'node'): void {
    this.#lastQueued.set(this.#clock.nowMs() / 1000)
    if (source === 'service') this.#serviceChanges.inc()
    if (source === 'endpoints') this.#endpointChanges.inc()
  }

  /** Measures one sync. */
  async observe(sync: () => Promise<SyncResult>): Promise<void> {
    const startMs = this.#clock.monotonicMs()
    try {
      const { type } = await sync()
      const seconds = (this.#clock.monotonicMs() - startMs) / 1000
      this.#duration.observe(seconds)
      if (type === 'full') this.#fullDuration.observe(seconds)
      else this.#partialDuration.observe(seconds)
      this.#lastSync.set(this.#clock.nowMs() / 1000)
    } catch (error) {
      this.#failures.inc()
      throw error
    }
  }
}
