/**
 * Metrics of every request's way. A set of labels is a series, looked up once; counting is an addition then. What the library does at
 * each observation (checking and hashing the labels) would cost more than many of the requests that are counted.
 */
import { Counter, Histogram, type Registry } from 'prom-client'

type Labels = Readonly<Record<string, string>>
type Described = { readonly name: string; readonly help: string; readonly registry: Registry; readonly labelNames: readonly string[] }

export class CounterSeries {
  readonly labels: Labels
  count = 0

  constructor(labels: Labels) {
    this.labels = labels
  }

  increment(): void {
    this.count++
  }
}

/** The library's counter learns the counts only when it is read. */
export class SeriesCounter {
  readonly #series: CounterSeries[] = []

  constructor({ name, help, registry, labelNames }: Described) {
    const all = this.#series
    new Counter({
      name,
      help,
      registers: [registry],
      labelNames: [...labelNames],
      collect() {
        this.reset()
        for (const { labels, count } of all) this.inc(labels, count)
      },
    })
  }

  /** To be kept: each call makes another one. */
  series(labels: Labels): CounterSeries {
    const series = new CounterSeries(labels)
    this.#series.push(series)
    return series
  }
}

export class HistogramSeries {
  readonly labels: Labels
  /** How many values fell into each bucket and no smaller one; the last has no bound. */
  readonly counts: number[]
  sum = 0
  readonly #bounds: readonly number[]

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels
    this.#bounds = bounds
    this.counts = Array<number>(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    let index = 0
    while (index < this.#bounds.length && value > (this.#bounds[index] ?? 0)) index++
    this.counts[index] = (this.counts[index] ?? 0) + 1
    this.sum += value
  }
}

export class SeriesHistogram extends Histogram {
  readonly #described: Described
  readonly #bounds: readonly number[]
  readonly #series: HistogramSeries[] = []

  constructor(described: Described, bounds: readonly number[]) {
    const { name, help, registry, labelNames } = described
    super({ name, help, registers: [registry], labelNames: [...labelNames], buckets: [...bounds] })
    this.#described = described
    this.#bounds = bounds
  }

  /** To be kept: each call makes another one. */
  series(labels: Labels): HistogramSeries {
    const series = new HistogramSeries(labels, this.#bounds)
    this.#series.push(series)
    return series
  }

  override async get() {
    const empty = await super.get()
    return { ...empty, values: this.#series.flatMap((series) => this.#valuesOf(series)) }
  }

  /** What the registry asks for its text. */
  getForPromString() {
    return this.get()
  }

  #valuesOf({ labels, counts, sum }: HistogramSeries) {
    const { name } = this.#described
    let below = 0
    const buckets = counts.map((count, index) => {
      below += count
      return { labels: { ...labels, le: this.#bounds[index] ?? '+Inf' }, value: below, metricName: `${name}_bucket` }
    })
    return [...buckets, { labels, value: sum, metricName: `${name}_sum` }, { labels, value: below, metricName: `${name}_count` }]
  }
}
