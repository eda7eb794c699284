/** Other resources for a running pod, through the subresource `resize` (upstream: ValidatePodResize). */
import { type FieldErrors, FieldPath, forbiddenField, invalid } from '#meta/field-path'
import type { Container, Pod } from '../types.gen.ts'
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
    yield* validateContainerResources(container.resources ?? {}, next.spec, spec.field('containers').index(index).field('resources'))
  }
}
