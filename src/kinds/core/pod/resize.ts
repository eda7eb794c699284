/** Other resources for a running pod, through the subresource `resize` (upstream: ValidatePodResize). */
import { type FieldErrors, FieldPath, forbiddenField, invalid } from '#meta/field-path'
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
  if (qosClassOf(next) !== qosClassOf(old)) yield invalid(spec, qosClassOf(next), 'Pod QOS Class may not change as a result of resizing')
  for (const [index, container] of next.spec.containers.entries()) {
    const at = spec.field('containers').index(index).field('resources')
    yield* validateContainerResources(container.resources ?? {}, next.spec, at)
    yield* validateChange(container.resources ?? {}, old.spec.containers[index]?.resources ?? {}, at)
  }
}

/** Figures may change, but not come to an end; and only those that a running container can follow. */
function* validateChange(next: ResourceRequirements, old: ResourceRequirements, at: FieldPath): FieldErrors {
  for (const side of ['requests', 'limits'] as const) {
    const isRemoved = Object.keys(old[side] ?? {}).some((name) => next[side]?.[name] === undefined)
    if (isRemoved) yield forbiddenField(at.field(side), `resource ${side} cannot be removed`)
    const names = new Set([...Object.keys(next[side] ?? {}), ...Object.keys(old[side] ?? {})])
    const isFixedChanged = [...names].some((name) => !resizable.has(name) && next[side]?.[name] !== old[side]?.[name])
    if (isFixedChanged) yield forbiddenField(spec, 'only cpu and memory resources are mutable')
  }
}

const resizable: ReadonlySet<string> = new Set(['cpu', 'memory'])
