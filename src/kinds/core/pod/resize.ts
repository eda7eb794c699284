/** Other resources for a running pod, through the subresource `resize` (upstream: ValidatePodResize). */
import { type FieldErrors, FieldPath, forbiddenField, invalid } from '#meta/field-path'
import { isSameValue } from '../../same-value.ts'
import type { Container, Pod, ResourceRequirements } from '../types.gen.ts'
import { validatePod } from './pod-validation.ts'
import { qosClassOf } from './qos-class.ts'

const spec = FieldPath.of('spec')

/** Only resources and resize policies are taken from the request. */
export function prepareResize(next: Pod, old: Pod): Pod {
  const { resources } = next.spec
  const kept = {
    ...old.spec,
    containers: resized(next.spec.containers ?? [], old.spec.containers),
    ...(old.spec.initContainers === undefined ? {} : { initContainers: resized(next.spec.initContainers ?? [], old.spec.initContainers) }),
    ...(resources === undefined ? {} : { resources }),
  }
  return { ...next, spec: kept, status: old.status }
}

/** Containers that were not there before stay, for the validation to refuse. */
function resized(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((container) => {
    const before = old.find(({ name }) => name === container.name)
    const { resources, resizePolicy } = container
    return before === undefined ? container : { ...before, resources, resizePolicy: resizePolicy ?? before.resizePolicy }
  })
}

const mirrorAnnotation = 'kubernetes.io/config.mirror'

export function* validateResize(next: Pod, old: Pod): FieldErrors {
  yield* validatePod(next)
  // As upstream: these are told of no field.
  const nowhere = FieldPath.root.key('')
  if (next.metadata.annotations?.[mirrorAnnotation] !== undefined) yield forbiddenField(nowhere, 'static pods cannot be resized')
  if (next.spec.os?.name === 'windows') yield forbiddenField(nowhere, 'windows pods cannot be resized')
  if (qosClassOf(next) !== qosClassOf(old)) yield invalid(spec, qosClassOf(old), 'Pod QOS Class may not change as a result of resizing')
  for (const field of ['containers', 'initContainers'] as const) {
    if ((next.spec[field] ?? []).length !== (old.spec[field] ?? []).length)
      return yield forbiddenField(spec.field(field), 'containers may not be added or removed on resize')
  }
  for (const [index, container] of next.spec.containers.entries())
    yield* validateKept(
      container.resources ?? {},
      old.spec.containers[index]?.resources ?? {},
      spec.field('containers').index(index).field('resources'),
    )
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
