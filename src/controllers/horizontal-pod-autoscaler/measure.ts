/** Measures one metric of an autoscaler and says how many replicas it asks for. */
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '#kinds/autoscaling/types.gen'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { formatQuantity, quantityMilliValue } from '#meta/quantity'
import type { MetricsClient } from './metrics-client.ts'
import { groupPods, type Patience, type Samples, without } from './pod-samples.ts'
import { averageOf, proposeForPods, proposeForShare, proposeForValue, type Tolerances, utilizationOf } from './proposal.ts'
import { requestsOf } from './requests.ts'

export type Measurement = { readonly replicas: number; readonly name: string; readonly status: MetricStatus }

/** `reason` is that of the condition and the event. */
export class MetricError extends Error {
  override readonly name = 'MetricError'
  readonly reason: string

  constructor(reason: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

export type Situation = {
  readonly metrics: MetricsClient
  readonly pods: readonly Pod[]
  readonly labelSelector: string
  readonly currentReplicas: number
  readonly statusReplicas: number
  readonly tolerances: Tolerances
  readonly patience: Patience
  readonly nowMs: number
  /** The resource of a kind, as the custom metrics API names it. */
  readonly pluralOf: (apiVersion: string, kind: string) => string
}

export async function measure(spec: MetricSpec, situation: Situation, signal: AbortSignal): Promise<Measurement> {
  const [reason, act] = measurementOf(spec, situation, signal)
  try {
    return await act()
  } catch (error) {
    throw error instanceof MetricError ? error : new MetricError(reason, error instanceof Error ? error.message : String(error), error)
  }
}

type Measuring = readonly [failureReason: string, act: () => Promise<Measurement>]

function measurementOf(spec: MetricSpec, situation: Situation, signal: AbortSignal): Measuring {
  const { resource, containerResource, pods, object, external } = spec
  if (resource !== undefined)
    return [
      'FailedGetResourceMetric',
      async () => {
        const { name, target } = resource
        const value = await measureResource(situation, { name, target, metricName: `${name} resource` }, signal)
        return { ...value, status: { type: 'Resource', resource: { name, current: value.current } } }
      },
    ]
  if (containerResource !== undefined)
    return [
      'FailedGetContainerResourceMetric',
      async () => {
        const { name, target, container } = containerResource
        const value = await measureResource(situation, { name, target, container, metricName: `${name} container resource` }, signal)
        return { ...value, status: { type: 'ContainerResource', containerResource: { name, container, current: value.current } } }
      },
    ]
  if (pods !== undefined) return ['FailedGetPodsMetric', () => measurePods(situation, pods, signal)]
  if (object !== undefined) return ['FailedGetObjectMetric', () => measureObject(situation, object, signal)]
  if (external !== undefined) return ['FailedGetExternalMetric', () => measureExternal(situation, external, signal)]
  throw new MetricError('InvalidMetricSourceType', `unknown metric source type "${spec.type}"`)
}

type ResourceWish = { readonly name: string; readonly target: MetricTarget; readonly container?: string; readonly metricName: string }
type Proposed = { readonly replicas: number; readonly name: string; readonly current: MetricValueStatus }

async function measureResource(
  situation: Situation,
  { name, target, container, metricName }: ResourceWish,
  signal: AbortSignal,
): Promise<Proposed> {
  const { averageValue, averageUtilization } = target
  if (averageValue === undefined && averageUtilization === undefined)
    throw new Error('invalid resource metric source: neither an average utilization target nor an average value (usage) target was set')
  const samples = await fetchResource(situation, name, container, signal)
  if (averageValue !== undefined) return { ...proposeAverage(situation, samples, milliOf(averageValue), name), name: metricName }
  return {
    ...proposeUtilization(situation, samples, averageUtilization ?? 0, name, container),
    name: `${metricName} utilization (percentage of request)`,
  }
}

async function fetchResource(
  { metrics, labelSelector }: Situation,
  name: string,
  container: string | undefined,
  signal: AbortSignal,
): Promise<Samples> {
  try {
    return await metrics.resource(name, container, labelSelector, signal)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `failed to get ${name} utilization: unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: ${why}`,
      {
        cause: error,
      },
    )
  }
}

function proposeUtilization(
  situation: Situation,
  samples: Samples,
  targetPercent: number,
  resource: string,
  container: string | undefined,
): Omit<Proposed, 'name'> {
  const requests = requestsOf(situation.pods, resource, container)
  const demand = demandOf(situation, samples, resource)
  const known = without(samples, demand.groups.ignored, demand.groups.unready)
  const utilization = utilizationOf(known, requests)
  if (utilization === undefined) throw new Error(`failed to get ${resource} utilization: no metrics returned matched known pods`)
  const ratioOf = (some: Samples) => (utilizationOf(some, requests) ?? 0) / targetPercent
  // A pod that says nothing counts as using all that it requests, or the target where that is more.
  const assumedMilli = (pod: string) => ((requests.get(pod) ?? 0) * Math.max(100, targetPercent)) / 100
  const current = { averageUtilization: utilization, averageValue: milliQuantity(averageOf(known)) }
  return { replicas: proposeForPods(demand, ratioOf, assumedMilli), current }
}

function proposeAverage(situation: Situation, samples: Samples, targetMilli: number, resource: string): Omit<Proposed, 'name'> {
  const demand = demandOf(situation, samples, resource)
  const known = without(samples, demand.groups.ignored, demand.groups.unready)
  const ratioOf = (some: Samples) => averageOf(some) / targetMilli
  return { replicas: proposeForPods(demand, ratioOf, () => targetMilli), current: { averageValue: milliQuantity(averageOf(known)) } }
}

function demandOf({ pods, currentReplicas, tolerances, patience, nowMs }: Situation, samples: Samples, resource: string) {
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count')
  const groups = groupPods(pods, samples, resource, patience, nowMs)
  if (without(samples, groups.ignored, groups.unready).size === 0)
    throw new Error('did not receive metrics for targeted pods (pods might be unready)')
  return { currentReplicas, groups, samples, tolerances }
}

async function measurePods(
  situation: Situation,
  { metric, target }: NonNullable<MetricSpec['pods']>,
  signal: AbortSignal,
): Promise<Measurement> {
  const samples = await situation.metrics.ofPods(metric, situation.labelSelector, signal)
  const { replicas, current } = proposeAverage(situation, samples, milliOf(target.averageValue), '')
  return { replicas, name: `pods metric ${metric.name}`, status: { type: 'Pods', pods: { metric, current } } }
}

async function measureObject(
  situation: Situation,
  { metric, target, describedObject }: NonNullable<MetricSpec['object']>,
  signal: AbortSignal,
): Promise<Measurement> {
  const { kind, apiVersion = 'v1' } = describedObject
  const usage = await situation.metrics.ofObject(situation.pluralOf(apiVersion, kind), describedObject, metric, signal)
  const { replicas, current } = proposeTotal(situation, usage, target)
  return { replicas, name: `${kind} metric ${metric.name}`, status: { type: 'Object', object: { metric, describedObject, current } } }
}

async function measureExternal(
  situation: Situation,
  { metric, target }: NonNullable<MetricSpec['external']>,
  signal: AbortSignal,
): Promise<Measurement> {
  const { replicas, current } = proposeTotal(situation, await situation.metrics.external(metric, signal), target)
  return { replicas, name: `external metric ${metric.name}`, status: { type: 'External', external: { metric, current } } }
}

/** One value for all: as a whole, or shared among the pods. */
function proposeTotal(situation: Situation, usage: number, { averageValue, value }: MetricTarget): Omit<Proposed, 'name'> {
  const { pods, currentReplicas, statusReplicas, tolerances } = situation
  if (averageValue !== undefined) {
    const replicas = proposeForShare(statusReplicas, usage, milliOf(averageValue), tolerances)
    return { replicas, current: { averageValue: milliQuantity(Math.ceil(usage / Math.max(statusReplicas, 1))) } }
  }
  if (value === undefined) throw new Error('invalid metric source: neither a value target nor an average value target was set')
  const readyCount = pods.filter((pod) => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')).length
  return {
    replicas: proposeForValue(currentReplicas, readyCount, usage / milliOf(value), tolerances),
    current: { value: milliQuantity(usage) },
  }
}

function milliOf(quantity: string | undefined): number {
  return Number(quantityMilliValue(quantity ?? '0'))
}

function milliQuantity(milli: number): string {
  return formatQuantity({ nano: BigInt(Math.trunc(milli)) * 1_000_000n, family: 'decimal' })
}
