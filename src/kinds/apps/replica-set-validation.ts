/** What replica sets have to keep (upstream: ValidateReplicaSet). */
import { type FieldErrors, FieldPath, immutable, invalid } from '#meta/field-path'
import { validateNotNegative } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import { validateControllerSelector } from './controller-selector-validation.ts'
import { validateTemplateForController } from './controller-template-validation.ts'
import type { ReplicaSet } from './types.gen.ts'

const spec = FieldPath.of('spec')
const status = FieldPath.of('status')
const counts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const

export function* validateReplicaSet({ spec: { replicas, minReadySeconds, selector, template } }: ReplicaSet): FieldErrors {
  yield* validateNotNegative(replicas, spec.field('replicas'))
  yield* validateNotNegative(minReadySeconds, spec.field('minReadySeconds'))
  yield* validateControllerSelector(selector, 'empty selector is invalid for deployment')
  yield* validateTemplateForController(template, selector)
}

export function* validateReplicaSetUpdate(next: ReplicaSet, old: ReplicaSet): FieldErrors {
  if (!isSameValue(next.spec.selector, old.spec.selector)) yield* immutable(spec.field('selector'), next.spec.selector, old.spec.selector)
}

/** Replication controllers count alike. */
export function* validateReplicaSetStatus({ status: next }: Pick<ReplicaSet, 'status'>): FieldErrors {
  const { replicas = 0 } = next
  yield* validateNotNegative(replicas, status.field('replicas'))
  for (const field of counts) yield* validateNotNegative(next[field], status.field(field))
  yield* validateNotNegative(next.observedGeneration, status.field('observedGeneration'))
  for (const field of counts) {
    const count = next[field] ?? 0
    if (count > replicas) yield invalid(status.field(field), count, 'cannot be greater than status.replicas')
  }
  const { readyReplicas = 0, availableReplicas = 0 } = next
  if (availableReplicas > readyReplicas)
    yield invalid(status.field('availableReplicas'), availableReplicas, 'cannot be greater than readyReplicas')
}
