/** What an autoscaler measures, and what it shall be (upstream: validateMetricSpec). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isPathSegmentName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import { validateResourceName } from '../core/pod/resource-validation.ts'
import type {
  ContainerResourceMetricSource,
  CrossVersionObjectReference,
  ExternalMetricSource,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
  ObjectMetricSource,
  PodsMetricSource,
  ResourceMetricSource,
} from './types.gen.ts'

export function* validateMetrics(metrics: readonly MetricSpec[], at: FieldPath, minReplicas: number | undefined): FieldErrors {
  for (const [index, metric] of metrics.entries()) yield* validateMetric(metric, at.index(index))
  // What is measured at pods says nothing once there are none.
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External'))
    yield forbiddenField(at, 'must specify at least one Object or External metric to support scaling to zero replicas')
}

const metricTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const sources = ['object', 'external', 'pods', 'resource', 'containerResource'] as const

function* validateMetric(metric: MetricSpec, at: FieldPath): FieldErrors {
  const { type = '' } = metric
  if (type === '') yield required(at.field('type'), 'must specify a metric source type')
  if (!metricTypes.includes(type)) yield notSupported(at.field('type'), type, metricTypes)
  const present = sources.filter((source) => metric[source] !== undefined)
  yield* validateSource(metric, present[0], at)
  const expected = sources.find((source) => source.toLowerCase() === type.toLowerCase())
  // As upstream: told once more.
  if (expected === undefined) yield notSupported(at.field('type'), type, metricTypes)
  else if (metric[expected] === undefined) yield required(at.field(expected), 'must populate information for the given metric source')
  // As upstream: one source alone is not called too much.
  if (present.length < 2) return
  for (const source of present)
    if (source !== expected) yield forbiddenField(at.field(source), 'must populate the given metric source only')
}

/** Only the first of several is looked at. */
function* validateSource(metric: MetricSpec, source: (typeof sources)[number] | undefined, at: FieldPath): FieldErrors {
  if (source === undefined) return
  const { object, external, pods, resource, containerResource } = metric
  const here = at.field(source)
  if (source === 'object' && object !== undefined) yield* validateObject(object, here)
  if (source === 'external' && external !== undefined) yield* validateExternal(external, here)
  if (source === 'pods' && pods !== undefined) yield* validatePods(pods, here)
  if (source === 'resource' && resource !== undefined) yield* validateResource(resource, here)
  if (source === 'containerResource' && containerResource !== undefined) yield* validateContainerResource(containerResource, here)
}

function* validateObject({ describedObject, metric, target }: ObjectMetricSource, at: FieldPath): FieldErrors {
  yield* validateReference(describedObject, at.field('describedObject'))
  yield* validateIdentifier(metric, at.field('metric'))
  yield* validateTarget(target, at.field('target'))
  if (target.value === undefined && target.averageValue === undefined)
    yield required(at.field('target').field('averageValue'), 'must set either a target value or averageValue')
}

function* validateExternal({ metric, target }: ExternalMetricSource, at: FieldPath): FieldErrors {
  yield* validateIdentifier(metric, at.field('metric'))
  yield* validateTarget(target, at.field('target'))
  const { value, averageValue } = target
  if (value === undefined && averageValue === undefined)
    yield required(at.field('target').field('averageValue'), 'must set either a target value for metric or a per-pod target')
  if (value !== undefined && averageValue !== undefined)
    yield forbiddenField(at.field('target').field('value'), 'may not set both a target value for metric and a per-pod target')
}

function* validatePods({ metric, target }: PodsMetricSource, at: FieldPath): FieldErrors {
  yield* validateIdentifier(metric, at.field('metric'))
  yield* validateTarget(target, at.field('target'))
  if (target.averageValue === undefined)
    yield required(at.field('target').field('averageValue'), 'must specify a positive target averageValue')
}

function* validateResource({ name = '', target }: ResourceMetricSource, at: FieldPath): FieldErrors {
  if (name === '') yield required(at.field('name'), 'must specify a resource name')
  yield* validateResourceTarget(target, at.field('target'))
}

function* validateContainerResource({ name = '', container = '', target }: ContainerResourceMetricSource, at: FieldPath): FieldErrors {
  if (name === '') yield required(at.field('name'), 'must specify a resource name')
  else yield* validateResourceName(name, at.field('name'), true)
  if (container === '') yield required(at.field('container'), 'must specify a container')
  else yield* invalidEach(at.field('container'), container, isDns1123Label(container))
  yield* validateResourceTarget(target, at.field('target'))
}

function* validateResourceTarget(target: MetricTarget, at: FieldPath): FieldErrors {
  yield* validateTarget(target, at)
  const { averageUtilization, averageValue } = target
  if (averageUtilization === undefined && averageValue === undefined)
    yield required(at.field('averageUtilization'), 'must set either a target raw value or a target utilization')
  if (averageUtilization !== undefined && averageValue !== undefined)
    yield forbiddenField(at.field('averageValue'), 'may not set both a target raw value and a target utilization')
}

function* validateTarget({ type = '', value, averageValue, averageUtilization }: MetricTarget, at: FieldPath): FieldErrors {
  if (type === '') yield required(at.field('type'), 'must specify a metric target type')
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    yield invalid(at.field('type'), type, 'must be either Utilization, Value, or AverageValue')
  yield* validatePositive(value, at.field('value'))
  yield* validatePositive(averageValue, at.field('averageValue'))
  if (averageUtilization !== undefined && averageUtilization < 1)
    yield invalid(at.field('averageUtilization'), averageUtilization, 'must be greater than 0')
}

function* validatePositive(amount: string | undefined, at: FieldPath): FieldErrors {
  if (amount !== undefined && (tryParseQuantity(amount)?.nano ?? 0n) <= 0n) yield invalid(at, amount, 'must be positive')
}

function* validateIdentifier({ name = '' }: MetricIdentifier, at: FieldPath): FieldErrors {
  if (name === '') yield required(at.field('name'), 'must specify a metric name')
  else yield* invalidEach(at.field('name'), name, isPathSegmentName(name))
}

/** `group`: the reference has to name a group of the API. */
export function* validateReference(reference: CrossVersionObjectReference, at: FieldPath, needs?: 'group'): FieldErrors {
  const { apiVersion = '' } = reference
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field] ?? ''
    if (value === '') yield required(at.field(field))
    else yield* invalidEach(at.field(field), value, isPathSegmentName(value))
  }
  const parts = apiVersion.split('/')
  const isCore = apiVersion === 'v1' && reference.kind === 'ReplicationController'
  if (parts.length > 2) yield invalid(at.field('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  else if (needs === 'group' && (parts.length === 1 || parts[0] === '') && !isCore)
    yield invalid(at.field('apiVersion'), apiVersion, 'apiVersion must specify API group')
}
