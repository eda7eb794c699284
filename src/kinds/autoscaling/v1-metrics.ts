/** Metrics as autoscaling/v1 writes them into annotations: the same facts as in v2 under the names that they had first. Pure. */
import { isJsonObject } from '#meta/schema/go-type'
import type { CrossVersionObjectReference, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from './types.gen.ts'

type Old = { readonly [field: string]: unknown }

export function oldSpec(spec: MetricSpec): Old {
  const { type, resource, containerResource, pods, object, external } = spec
  if (resource !== undefined) return { type, resource: { name: resource.name, ...averages(resource.target) } }
  if (containerResource !== undefined) {
    const { name, container, target } = containerResource
    return { type, containerResource: { name, ...averages(target), container } }
  }
  if (pods !== undefined)
    return { type, pods: { metricName: pods.metric.name, targetAverageValue: pods.target.averageValue, selector: pods.metric.selector } }
  if (object !== undefined) {
    const { describedObject, metric, target } = object
    const { value = '0', averageValue } = target
    return {
      type,
      object: { target: describedObject, metricName: metric.name, targetValue: value, selector: metric.selector, averageValue },
    }
  }
  if (external !== undefined) {
    const { metric, target } = external
    const { value, averageValue } = target
    return {
      type,
      external: { metricName: metric.name, metricSelector: metric.selector, targetValue: value, targetAverageValue: averageValue },
    }
  }
  return { type }
}

export function newSpec(old: Old): MetricSpec {
  const type = text(old['type']) ?? ''
  const [resource, containerResource, pods, object, external] = sources(old)
  return {
    type,
    ...(resource === undefined ? {} : { resource: { name: text(resource['name']) ?? '', target: target(resource) } }),
    ...(containerResource === undefined
      ? {}
      : { containerResource: { ...containerOf(containerResource), target: target(containerResource) } }),
    ...(pods === undefined ? {} : { pods: { metric: metric(pods, 'selector'), target: target(pods) } }),
    ...(object === undefined
      ? {}
      : { object: { describedObject: describedBy(object), metric: metric(object, 'selector'), target: objectTarget(object) } }),
    ...(external === undefined ? {} : { external: { metric: metric(external, 'metricSelector'), target: externalTarget(external) } }),
  }
}

export function newStatus(old: Old): MetricStatus {
  const type = text(old['type']) ?? ''
  const [resource, containerResource, pods, object, external] = sources(old)
  return {
    type,
    ...(resource === undefined ? {} : { resource: { name: text(resource['name']) ?? '', current: current(resource) } }),
    ...(containerResource === undefined
      ? {}
      : { containerResource: { ...containerOf(containerResource), current: current(containerResource) } }),
    ...(pods === undefined ? {} : { pods: { metric: metric(pods, 'selector'), current: current(pods) } }),
    ...(object === undefined
      ? {}
      : {
          object: {
            describedObject: describedBy(object),
            metric: metric(object, 'selector'),
            current: amounts(object['currentValue'], object['averageValue']),
          },
        }),
    ...(external === undefined ? {} : { external: { metric: metric(external, 'metricSelector'), current: current(external) } }),
  }
}

/** Of each type the part that tells of it, where there is one. */
function sources(old: Old): readonly (Old | undefined)[] {
  return ['resource', 'containerResource', 'pods', 'object', 'external'].map((name) => (isJsonObject(old[name]) ? old[name] : undefined))
}

function containerOf(source: Old): { readonly name: string; readonly container: string } {
  return { name: text(source['name']) ?? '', container: text(source['container']) ?? '' }
}

function describedBy(source: Old): CrossVersionObjectReference {
  const described = fields(source['target'])
  const apiVersion = text(described['apiVersion'])
  const named = { kind: text(described['kind']) ?? '', name: text(described['name']) ?? '' }
  return apiVersion === undefined ? named : { ...named, apiVersion }
}

function objectTarget({ targetValue, averageValue }: Old): MetricTarget {
  return averageValue === undefined
    ? { type: 'Value', ...amounts(targetValue, undefined) }
    : { type: 'AverageValue', ...amounts(undefined, averageValue) }
}

function externalTarget({ targetValue, targetAverageValue }: Old): MetricTarget {
  const type = targetValue === undefined ? 'AverageValue' : 'Value'
  return { type, ...amounts(targetValue, targetAverageValue) }
}

export function oldStatus(status: MetricStatus): Old {
  const { type, resource, containerResource, pods, object, external } = status
  if (resource !== undefined) return { type, resource: { name: resource.name, ...currents(resource.current) } }
  if (containerResource !== undefined) {
    const { name, container, current } = containerResource
    return { type, containerResource: { name, ...currents(current), container } }
  }
  if (pods !== undefined)
    return { type, pods: { metricName: pods.metric.name, currentAverageValue: pods.current.averageValue, selector: pods.metric.selector } }
  if (object !== undefined) {
    const { describedObject, metric: found, current } = object
    const { value = '0', averageValue } = current
    return {
      type,
      object: { target: describedObject, metricName: found.name, currentValue: value, selector: found.selector, averageValue },
    }
  }
  if (external !== undefined) {
    const { metric: found, current } = external
    const { value = '0', averageValue } = current
    return {
      type,
      external: { metricName: found.name, metricSelector: found.selector, currentValue: value, currentAverageValue: averageValue },
    }
  }
  return { type }
}

function averages({ averageUtilization, averageValue }: MetricTarget): Old {
  return { targetAverageUtilization: averageUtilization, targetAverageValue: averageValue }
}

function currents({ averageUtilization, averageValue = '0' }: MetricValueStatus): Old {
  return { currentAverageUtilization: averageUtilization, currentAverageValue: averageValue }
}

function target(source: Old): MetricTarget {
  const { targetAverageUtilization: share, targetAverageValue: average, targetValue: value } = source
  if (typeof share === 'number') return { type: 'Utilization', averageUtilization: share }
  return average === undefined ? { type: 'Value', ...amounts(value, undefined) } : { type: 'AverageValue', ...amounts(undefined, average) }
}

function current({ currentAverageUtilization: share, currentAverageValue, currentValue }: Old): MetricValueStatus {
  return {
    ...(typeof share === 'number' ? { averageUtilization: share } : {}),
    ...amounts(currentValue, currentAverageValue),
  }
}

function metric(source: Old, selectorField: string): { readonly name: string; readonly selector?: object } {
  const selector = source[selectorField]
  return { name: text(source['metricName']) ?? '', ...(typeof selector === 'object' && selector !== null ? { selector } : {}) }
}

/** Quantities under the names of the newer version. */
function amounts(value: unknown, averageValue: unknown): { readonly value?: string; readonly averageValue?: string } {
  return {
    ...(typeof value === 'string' ? { value } : {}),
    ...(typeof averageValue === 'string' ? { averageValue } : {}),
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function fields(value: unknown): Old {
  return typeof value === 'object' && value !== null ? (value as Old) : {}
}
