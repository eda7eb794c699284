/** An autoscaler: what it measures, what it aims at, and how fast it may go. */
import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '#kinds/autoscaling/types.gen'
import { collection } from './collections.ts'
import { labelAndAnnotationLines, nameLines } from './identity.ts'
import { indented, type Lines, longTime } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

const autoscalers = collection<HorizontalPodAutoscaler>('horizontalpodautoscalers', { group: 'autoscaling', version: 'v2' })

/** Version 1, in which a file may name the autoscaler, shows only the least of it. */
export async function describeAutoscaler(named: HorizontalPodAutoscaler, around: Surroundings): Promise<Lines> {
  const { namespace, name = '' } = named.metadata
  const isWhole = named.apiVersion === 'autoscaling/v2'
  const scaler = isWhole ? named : ((await around.get(autoscalers, { ...(namespace === undefined ? {} : { namespace }), name })) ?? named)
  const { metadata, spec, status } = scaler
  const { scaleTargetRef: target, minReplicas, maxReplicas, metrics = [], behavior } = spec
  return [
    ...nameLines(scaler),
    ...labelAndAnnotationLines(scaler),
    `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`,
    `Reference:\t${target.kind}/${target.name}`,
    'Metrics:\t( current / target )',
    ...indented(metrics.map((metric, index) => metricLine(metric, status?.currentMetrics?.[index]))),
    `Min replicas:\t${minReplicas ?? '<unset>'}`,
    `Max replicas:\t${maxReplicas}`,
    ...(behavior === undefined
      ? []
      : ['Behavior:', ...directionLines('Scale Up', behavior.scaleUp), ...directionLines('Scale Down', behavior.scaleDown)]),
    `${target.kind} pods:\t${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`,
    ...conditionLines(scaler),
    ...(await around.events(scaler)),
  ]
}

function metricLine({ type, external, pods, object, resource, containerResource }: MetricSpec, now: MetricStatus | undefined): string {
  if (external !== undefined) return targetLine(`${JSON.stringify(external.metric.name)} (`, external.target, now?.external?.current)
  if (pods !== undefined)
    return `${JSON.stringify(pods.metric.name)} on pods:\t${now?.pods?.current.averageValue ?? '<unknown>'} / ${pods.target.averageValue}`
  if (object !== undefined) {
    const { kind, name } = object.describedObject
    return targetLine(`${JSON.stringify(object.metric.name)} on ${kind}/${name} (`, object.target, now?.object?.current)
  }
  if (resource !== undefined) return usageLine(`resource ${resource.name} on pods`, resource.target, now?.resource?.current)
  if (containerResource !== undefined) {
    const { name, container, target } = containerResource
    return usageLine(`resource ${name} of container ${JSON.stringify(container)} on pods`, target, now?.containerResource?.current)
  }
  return `<unknown metric type ${JSON.stringify(type)}>`
}

function targetLine(head: string, { averageValue, value }: MetricTarget, now: MetricValueStatus | undefined): string {
  if (averageValue !== undefined) return `${head}target average value):\t${now?.averageValue ?? '<unknown>'} / ${averageValue}`
  return `${head}target value):\t${now?.value ?? '<unknown>'} / ${value}`
}

function usageLine(head: string, { averageValue, averageUtilization }: MetricTarget, now: MetricValueStatus | undefined): string {
  if (averageValue !== undefined) return `${head}:\t${now?.averageValue ?? '<unknown>'} / ${averageValue}`
  const usage = now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}% (${now.averageValue ?? '0'})`
  return `${head}  (as a percentage of request):\t${usage} / ${averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`}`
}

function directionLines(title: string, rules: HPAScalingRules | undefined): Lines {
  if (rules === undefined) return []
  const { stabilizationWindowSeconds: windowSeconds, selectPolicy = 'Max', policies = [] } = rules
  return [
    `  ${title}:`,
    ...(windowSeconds === undefined ? [] : [`    Stabilization Window: ${windowSeconds} seconds`]),
    ...(policies.length === 0 ? [] : [`    Select Policy: ${selectPolicy}`, '    Policies:']),
    ...policies.map(({ type, value, periodSeconds }) => `      - Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`),
  ]
}

function conditionLines({ status }: HorizontalPodAutoscaler): Lines {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return []
  return [
    'Conditions:',
    '  Type\tStatus\tReason\tMessage',
    '  ----\t------\t------\t-------',
    ...conditions.map(({ type, status: state, reason = '', message = '' }) => `  ${type}\t${state}\t${reason}\t${message}`),
  ]
}
