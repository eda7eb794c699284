/** What deployments have to keep (upstream: pkg/apis/apps/validation). */
import { type FieldErrors, FieldPath, forbiddenField, immutable, invalid, notSupported } from '#meta/field-path'
import { scaledValue } from '#meta/int-or-string'
import { validateAtMostAll, validateCountOrPercent } from '../int-or-percent-validation.ts'
import { validateNotNegative } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateControllerSelector } from './controller-selector-validation.ts'
import { validateTemplateForController } from './controller-template-validation.ts'
import * as schemas from './schema.gen.ts'
import type { Deployment, DeploymentSpec, DeploymentStrategy } from './types.gen.ts'

const spec = FieldPath.of('spec')
const status = FieldPath.of('status')

export function* validateDeployment(deployment: Deployment): FieldErrors {
  const { replicas = 0, selector, template, minReadySeconds = 0, revisionHistoryLimit } = deployment.spec
  yield* validateNotNegative(replicas, spec.field('replicas'))
  yield* validateControllerSelector(selector, 'empty selector is invalid for deployment')
  yield* validateTemplateForController(template, selector)
  yield* validateStrategy(deployment.spec.strategy ?? {})
  yield* validateNotNegative(minReadySeconds, spec.field('minReadySeconds'))
  yield* validateNotNegative(revisionHistoryLimit, spec.field('revisionHistoryLimit'))
  yield* validateProgressDeadline(deployment.spec)
}

export function* validateDeploymentUpdate(next: Deployment, old: Deployment): FieldErrors {
  if (!isSameValue(next.spec.selector, old.spec.selector)) yield* immutable(spec.field('selector'), next.spec.selector, old.spec.selector)
}

export function* validateDeploymentStatus(next: Deployment, old: Deployment): FieldErrors {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0, collisionCount, observedGeneration } = next.status
  yield* validateNotNegative(observedGeneration, status.field('observedGeneration'))
  yield* validateNotNegative(replicas, status.field('replicas'))
  yield* validateNotNegative(updatedReplicas, status.field('updatedReplicas'))
  yield* validateNotNegative(readyReplicas, status.field('readyReplicas'))
  yield* validateNotNegative(availableReplicas, status.field('availableReplicas'))
  yield* validateNotNegative(next.status.unavailableReplicas, status.field('unavailableReplicas'))
  yield* validateNotNegative(collisionCount, status.field('collisionCount'))
  if (updatedReplicas > replicas) yield invalid(status.field('updatedReplicas'), updatedReplicas, 'cannot be greater than status.replicas')
  if (readyReplicas > replicas) yield invalid(status.field('readyReplicas'), readyReplicas, 'cannot be greater than status.replicas')
  if (availableReplicas > replicas)
    yield invalid(status.field('availableReplicas'), availableReplicas, 'cannot be greater than status.replicas')
  if (availableReplicas > readyReplicas)
    yield invalid(status.field('availableReplicas'), availableReplicas, 'cannot be greater than readyReplicas')
  const before = old.status.collisionCount
  if (before !== undefined && (collisionCount === undefined || collisionCount < before)) {
    yield invalid(
      status.field('collisionCount'),
      collisionCount ?? null,
      collisionCount === undefined ? 'cannot be unset' : 'cannot be decremented',
    )
  }
}

function* validateProgressDeadline({ progressDeadlineSeconds: deadline, minReadySeconds = 0 }: DeploymentSpec): FieldErrors {
  if (deadline === undefined) return
  const at = spec.field('progressDeadlineSeconds')
  yield* validateNotNegative(deadline, at)
  if (deadline <= minReadySeconds) yield invalid(at, deadline, 'must be greater than minReadySeconds')
}

function* validateStrategy(strategy: DeploymentStrategy): FieldErrors {
  const at = spec.field('strategy')
  const { type = '', rollingUpdate } = strategy
  switch (type) {
    case 'Recreate':
      if (rollingUpdate !== undefined)
        yield forbiddenField(at.field('rollingUpdate'), "may not be specified when strategy `type` is 'Recreate'")
      return
    case 'RollingUpdate':
      return yield* validateRollingUpdate(rollingUpdate ?? {}, at.field('rollingUpdate'))
    default:
      yield notSupported(at, internalForm(schemas.DeploymentStrategy, strategy), ['Recreate', 'RollingUpdate'])
  }
}

function* validateRollingUpdate(rolling: NonNullable<DeploymentStrategy['rollingUpdate']>, at: FieldPath): FieldErrors {
  const { maxUnavailable = 0, maxSurge = 0 } = rolling
  yield* validateCountOrPercent(maxUnavailable, at.field('maxUnavailable'))
  yield* validateCountOrPercent(maxSurge, at.field('maxSurge'))
  if (scaledValue(maxUnavailable, 100, 'up') === 0 && scaledValue(maxSurge, 100, 'up') === 0) {
    yield invalid(at.field('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0')
  }
  yield* validateAtMostAll(maxUnavailable, at.field('maxUnavailable'))
}
