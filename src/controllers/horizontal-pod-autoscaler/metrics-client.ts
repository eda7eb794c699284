/** Asks the metrics APIs, which others serve: resources of pods, metrics of pods and objects, metrics from outside. */
import type { Client } from '#client/client'
import type { CrossVersionObjectReference, MetricIdentifier } from '#kinds/autoscaling/types.gen'
import { parseDurationMs } from '#meta/duration'
import { formatSelector, selectorOf } from '#meta/labels'
import { quantityMilliValue } from '#meta/quantity'
import { StatusError } from '#meta/status'
import type { Samples } from './pod-samples.ts'

type ContainerUsage = { readonly name: string; readonly usage: Readonly<Record<string, string>> }
type PodMetrics = {
  readonly metadata: { readonly name: string }
  readonly timestamp: string
  readonly window?: string
  readonly containers: readonly ContainerUsage[]
}
type MetricValue = {
  readonly describedObject?: { readonly name: string }
  readonly timestamp: string
  readonly windowSeconds?: number
  readonly value: string
}
type Items<T> = { readonly items: readonly T[] }

export class MetricsClient {
  readonly #client: Client
  readonly #namespace: string

  constructor(client: Client, namespace: string) {
    this.#client = client
    this.#namespace = namespace
  }

  /** Of one container of each pod, or of all its containers together. Pods whose containers do not all say are left out. */
  async resource(resource: string, container: string | undefined, labelSelector: string, signal: AbortSignal): Promise<Samples> {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${this.#namespace}/pods`
    const { items } = await this.#podMetrics(path, labelSelector, signal)
    if (items.length === 0) throw new Error('no metrics returned from resource metrics API')
    return new Map(
      items.flatMap(({ metadata, timestamp, window = '', containers }) => {
        const wanted = container === undefined ? containers : containers.filter(({ name }) => name === container)
        const amounts = wanted.map(({ usage }) => usage[resource])
        if (amounts.length === 0 || amounts.includes(undefined)) return []
        const milli = amounts.reduce<number>((sum, amount) => sum + milliOf(amount ?? '0'), 0)
        return [[metadata.name, { milli, atMs: Date.parse(timestamp), windowMs: parseDurationMs(window) ?? 0 }] as const]
      }),
    )
  }

  async ofPods(metric: MetricIdentifier, labelSelector: string, signal: AbortSignal): Promise<Samples> {
    const items = await this.#custom('pods/*', metric, { labelSelector }, signal)
    return new Map(
      items.map(({ describedObject, timestamp, value, windowSeconds = 60 }) => [
        describedObject?.name ?? '',
        { milli: milliOf(value), atMs: Date.parse(timestamp), windowMs: windowSeconds * 1000 },
      ]),
    )
  }

  /** `plural` is the resource of the object, with its group behind a dot where it has one. */
  async ofObject(plural: string, { name }: CrossVersionObjectReference, metric: MetricIdentifier, signal: AbortSignal): Promise<number> {
    const [value] = await this.#custom(`${plural}/${name}`, metric, {}, signal)
    if (value === undefined) throw new Error(`no metrics returned for ${plural}/${name}`)
    return milliOf(value.value)
  }

  /** All series of the metric together. */
  async external({ name, selector }: MetricIdentifier, signal: AbortSignal): Promise<number> {
    const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${this.#namespace}/${name}`
    const labelSelector = selector === undefined ? undefined : formatSelector(selectorOf(selector))
    const { items } = await this.#get<Items<MetricValue>>(path, { labelSelector }, signal)
    if (items.length === 0) throw new Error('no metrics returned from external metrics API')
    return items.reduce((sum, { value }) => sum + milliOf(value), 0)
  }

  /** An API that nobody serves is told in the words of upstream's client. */
  async #podMetrics(path: string, labelSelector: string, signal: AbortSignal): Promise<Items<PodMetrics>> {
    try {
      return await this.#get<Items<PodMetrics>>(path, { labelSelector }, signal)
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 404) throw error
      throw new Error('the server could not find the requested resource (get pods.metrics.k8s.io)', { cause: error })
    }
  }

  async #custom(
    target: string,
    { name, selector }: MetricIdentifier,
    query: { readonly labelSelector?: string },
    signal: AbortSignal,
  ): Promise<readonly MetricValue[]> {
    const metricLabelSelector = selector === undefined ? undefined : formatSelector(selectorOf(selector))
    const path = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${this.#namespace}/${target}/${name}`
    const { items } = await this.#get<Items<MetricValue>>(path, { ...query, metricLabelSelector }, signal)
    if (items.length === 0) throw new Error('no metrics returned from custom metrics API')
    return items
  }

  async #get<T>(path: string, query: Readonly<Record<string, string | undefined>>, signal: AbortSignal): Promise<T> {
    return (await this.#client.transport.request({ method: 'GET', path, query }, signal)).body as T
  }
}

function milliOf(quantity: string): number {
  return Number(quantityMilliValue(quantity))
}
