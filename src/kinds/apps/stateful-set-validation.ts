/** What stateful sets have to keep (upstream: ValidateStatefulSetSpec, ValidateStatefulSetUpdate). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, required } from '#meta/field-path'
import { isDns1123Label } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateNotNegative } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import { validateControllerSelector } from './controller-selector-validation.ts'
import { validateTemplateForController } from './controller-template-validation.ts'
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from './types.gen.ts'

const spec = FieldPath.of('spec')
const mutableFields = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const
const mutableFieldsMessage =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

export function* validateStatefulSet({
  spec: { podManagementPolicy = '', updateStrategy = {}, replicas, minReadySeconds, selector, template, serviceName },
}: StatefulSet): FieldErrors {
  const policies = ['OrderedReady', 'Parallel']
  if (podManagementPolicy === '') yield required(spec.field('podManagementPolicy'))
  else if (!policies.includes(podManagementPolicy)) {
    yield invalid(spec.field('podManagementPolicy'), podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")
  }
  yield* validateUpdateStrategy(updateStrategy)
  yield* validateNotNegative(replicas, spec.field('replicas'))
  yield* validateNotNegative(minReadySeconds, spec.field('minReadySeconds'))
  yield* validateControllerSelector(selector, 'empty selector is invalid for statefulset')
  yield* validateTemplateForController(template, selector, 'StatefulSet')
  if (serviceName) yield* invalidEach(spec.field('serviceName'), serviceName, isDns1123Label(serviceName))
}

export function* validateStatefulSetUpdate(next: StatefulSet, old: StatefulSet): FieldErrors {
  const kept: Partial<StatefulSetSpec> = Object.fromEntries(mutableFields.map((field) => [field, old.spec[field]]))
  if (!isSameValue({ ...next.spec, ...kept }, old.spec)) yield forbiddenField(spec, mutableFieldsMessage)
}

function* validateUpdateStrategy({ type = '', rollingUpdate }: StatefulSetUpdateStrategy): FieldErrors {
  const at = spec.field('updateStrategy')
  if (type === 'RollingUpdate') yield* validateNotNegative(rollingUpdate?.partition, at.field('rollingUpdate').field('partition'))
  else if (type === 'OnDelete') {
    if (rollingUpdate !== undefined)
      yield invalid(at.field('rollingUpdate'), rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")
  } else yield invalid(at, { Type: type, RollingUpdate: rollingUpdate ?? null }, "must be 'RollingUpdate' or 'OnDelete'")
}
