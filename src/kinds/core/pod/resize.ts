/** Other resources for a running pod, through the subresource `resize` (upstream: ValidatePodResize). */
import { type FieldErrors, FieldPath, forbiddenField, invalid } from '#meta/field-path'
import { isSameValue } from '../../same-value.ts'
import type { Container, Pod, ResourceRequirements } from '../types.gen.ts'
import { qosClassOf } from './qos-class.ts'
import { validateContainerResources } from './resource-validation.ts'

const spec = FieldPath.of('spec')

/** Only resources and resize policies are taken from the request. */
export function prepareResize(next: Pod, old: Pod): Pod {
  const sizes = new Map(
    [...(next.spec.containers ?? []), ...(next.spec.initContainers ?? [])].map((container) => [container.name, container]),
  )
  const resized = (container: Container): Container => {
    const size = sizes.get(container.name)
    return size === undefined
      ? container
      : { ...container, resources: size.resources, resizePolicy: size.resizePolicy ?? container.resizePolicy }
  }
  const { containers, initContainers } = old.spec
  const kept = {
    ...old.spec,
    containers: containers.map(resized),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(resized) }),
  }
  return { ...next, spec: kept, status: old.status }
}

export function* validateResize(next: Pod, old: Pod): FieldErrors {
  if (next.spec.os?.name === 'windows') yield forbiddenField(spec, 'windows pods cannot be resized')
  if (qosClassOf(next) !== qosClassOf(old)) yield invalid(spec, qosClassOf(old), 'Pod QOS Class may not change as a result of resizing')
  for (const [index, container] of next.spec.containers.entries()) {
    const at = spec.field('containers').index(index).field('resources')
    yield* validateContainerResources(container.resources ?? {}, next.spec, at)
    yield* validateKept(container.resources ?? {}, old.spec.containers[index]?.resources ?? {}, at)
  }
  if (next.spec.containers.some((container, index) => changesMore(container, old.spec.containers[index]))) {
    yield forbiddenField(spec, 'only cpu and memory resources are mutable')
  }
}

/** Figures may change, but not come to an end. */
function* validateKept(next: ResourceRequirements, old: ResourceRequirements, at: FieldPath): FieldErrors {
  for (const side of ['requests', 'limits'] as const) {
    const isRemoved = Object.keys(old[side] ?? {}).some((name) => next[side]?.[name] === undefined)
    if (isRemoved) yield forbiddenField(at.field(side), `resource ${side} cannot be removed`)
  }
}

/** Whether more changes than what a running container can follow. */
function changesMore(next: Container, old: Container | undefined): boolean {
  const isSideChanged = (side: 'requests' | 'limits') => {
    const [now, was] = [next.resources?.[side] ?? {}, old?.resources?.[side] ?? {}]
    return [...Object.keys(now), ...Object.keys(was)].some((name) => !resizable.has(name) && now[name] !== was[name])
  }
  return isSideChanged('requests') || isSideChanged('limits') || !isSameValue(next.resizePolicy, old?.resizePolicy)
}

const resizable: ReadonlySet<string> = new Set(['cpu', 'memory'])
