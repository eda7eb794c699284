/** Measures all metrics of an autoscaler: the one that asks for the most decides. */
import type { HorizontalPodAutoscaler } from '#kinds/autoscaling/horizontal-pod-autoscaler.kind'
import type { MetricStatus } from '#kinds/autoscaling/types.gen'
import { quantityToNumber } from '#meta/quantity'
import type { Condition } from './conditions.ts'
import { type Measurement, MetricError, measure, type Situation } from './measure.ts'

export type Measured = {
  /** Undefined where it is not safe to say: then `fault` tells why. */
  readonly replicas: number | undefined
  readonly name: string
  readonly fault: string
  readonly condition: Condition
  readonly currentMetrics: readonly MetricStatus[]
  readonly told: readonly { readonly reason: string; readonly message: string }[]
}

const nothingMeasured = { replicas: undefined, name: '', currentMetrics: [] } as const

export async function measureAll(
  { spec }: HorizontalPodAutoscaler,
  { tolerance, ...rest }: Omit<Situation, 'tolerances'> & { readonly tolerance: number },
  signal: AbortSignal,
): Promise<Measured> {
  if (rest.labelSelector === '') {
    const condition = inactive('InvalidSelector', "the HPA target's scale is missing a selector")
    return {
      ...nothingMeasured,
      fault: 'selector is required',
      condition,
      told: [{ reason: 'SelectorRequired', message: 'selector is required' }],
    }
  }
  const { metrics = [], behavior } = spec
  const own = (given: string | undefined) => (given === undefined ? tolerance : quantityToNumber(given))
  const tolerances = { down: own(behavior?.scaleDown?.tolerance), up: own(behavior?.scaleUp?.tolerance) }
  const results = await Promise.allSettled(metrics.map((metric) => measure(metric, { ...rest, tolerances }, signal)))
  const found = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  const failed = results.filter((result) => result.status === 'rejected').map(({ reason }) => metricError(reason))
  return judge(found, failed, metrics.length, rest.currentReplicas)
}

/** What is not known may ask for more, never for less: with a failed metric nothing is scaled down. Pure. */
export function judge(found: readonly Measurement[], failed: readonly MetricError[], count: number, currentReplicas: number): Measured {
  const most = found.reduce<Measurement | undefined>(
    (best, one) => (best === undefined || one.replicas > best.replicas ? one : best),
    undefined,
  )
  const [first] = failed
  const told = failed.map(({ reason, message }) => ({ reason, message }))
  const currentMetrics = found.map(({ status }) => status)
  const fault = first === undefined ? '' : `invalid metrics (${failed.length} invalid out of ${count}), first error is: ${first.message}`
  if (most === undefined || (first !== undefined && most.replicas < currentReplicas)) {
    const condition = inactive(
      first?.reason ?? 'InvalidMetricSourceType',
      `the HPA was unable to compute the replica count: ${first?.message ?? ''}`,
    )
    return { ...nothingMeasured, currentMetrics, fault, condition, told }
  }
  const message = `the HPA was able to successfully calculate a replica count from ${most.name}`
  const condition = { status: 'True', reason: 'ValidMetricFound', message }
  return { replicas: most.replicas, name: most.name, fault, condition, currentMetrics, told }
}

function inactive(reason: string, message: string): Condition {
  return { status: 'False', reason, message }
}

function metricError(error: unknown): MetricError {
  return error instanceof MetricError ? error : new MetricError('FailedGetMetric', String(error), error)
}
