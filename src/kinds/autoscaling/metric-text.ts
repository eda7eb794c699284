/** The metrics of an autoscaler in one table cell: `cpu: 40%/80%, memory: <unknown>/100Mi + 1 more...`. */
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from './types.gen.ts'

const countMax = 2

export function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const shown = metrics.slice(0, countMax).map((metric, index) => metricText(metric, status.currentMetrics?.[index]))
  const more = metrics.length - countMax
  return more > 0 ? `${shown.join(', ')} + ${more} more...` : shown.join(', ')
}

function metricText(metric: MetricSpec, current: MetricStatus | undefined): string {
  switch (metric.type) {
    case 'Resource':
      return `${metric.resource?.name}: ${ratio(current?.resource?.current, metric.resource?.target)}`
    case 'ContainerResource':
      return `${metric.containerResource?.name}: ${ratio(current?.containerResource?.current, metric.containerResource?.target)}`
    case 'External':
      return averageRatio(current?.external?.current, metric.external?.target)
    case 'Pods':
      return ratio(current?.pods?.current, metric.pods?.target)
    case 'Object':
      return averageRatio(current?.object?.current, metric.object?.target)
    default:
      return '<unknown type>'
  }
}

function ratio(current: MetricValueStatus | undefined, target: MetricTarget | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue}`
  if (target?.averageUtilization === undefined) return '<unknown>/<auto>'
  return `${current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}%`}/${target.averageUtilization}%`
}

function averageRatio(current: MetricValueStatus | undefined, target: MetricTarget | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`
  return `${current?.value ?? '<unknown>'}/${target?.value ?? '<auto>'}`
}
