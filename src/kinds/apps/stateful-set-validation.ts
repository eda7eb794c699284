/** What stateful sets have to keep (upstream: ValidateStatefulSetSpec, ValidateStatefulSetUpdate). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateClaimSpec } from '../core/claim-validation.ts'
import { validateNotNegative } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateControllerSelector } from './controller-selector-validation.ts'
import { validateTemplateForController } from './controller-template-validation.ts'
import { validateCounts, validateWithin } from './replica-counts-validation.ts'
import * as schemas from './schema.gen.ts'
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

/** What is looked at only where it can be chosen: what cannot change any more is not refused. */
type Looks = { readonly atNewObject: boolean; readonly atTemplate: boolean }

export function validateStatefulSet({ spec: statefulSet }: StatefulSet): FieldErrors {
  return validateSpec(statefulSet, { atNewObject: true, atTemplate: true })
}

function* validateSpec(statefulSet: StatefulSetSpec, looks: Looks): FieldErrors {
  const { podManagementPolicy = '', updateStrategy = {}, replicas, minReadySeconds, selector, serviceName, ordinals } = statefulSet
  const policies = ['OrderedReady', 'Parallel']
  if (podManagementPolicy === '') yield required(spec.field('podManagementPolicy'))
  else if (!policies.includes(podManagementPolicy)) {
    yield invalid(spec.field('podManagementPolicy'), podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")
  }
  yield* validateUpdateStrategy(updateStrategy)
  yield* validateRetention(statefulSet)
  if (looks.atNewObject) yield* validateClaims(statefulSet)
  yield* validateNotNegative(replicas, spec.field('replicas'))
  yield* validateNotNegative(minReadySeconds, spec.field('minReadySeconds'))
  yield* validateNotNegative(ordinals?.start, spec.field('ordinals').field('start'))
  if (looks.atNewObject && serviceName) yield* invalidEach(spec.field('serviceName'), serviceName, isDns1123Label(serviceName))
  yield* validateControllerSelector(selector, 'empty selector is invalid for statefulset')
  if (looks.atTemplate) yield* validateTemplateForController(templateOfPods(statefulSet), selector, 'StatefulSet')
}

function* validateClaims({ volumeClaimTemplates = [] }: StatefulSetSpec): FieldErrors {
  for (const [index, claim] of volumeClaimTemplates.entries()) {
    yield* validateClaimSpec(claim.spec, spec.field('volumeClaimTemplates').index(index).field('spec'))
  }
}

/** Where the old one would not be taken today, the new template is not looked at. */
export function* validateStatefulSetUpdate(next: StatefulSet, old: StatefulSet): FieldErrors {
  const isOldValid = validateSpec(old.spec, { atNewObject: false, atTemplate: true }).next().done === true
  yield* validateSpec(next.spec, { atNewObject: false, atTemplate: isOldValid })
  const kept: Partial<StatefulSetSpec> = Object.fromEntries(mutableFields.map((field) => [field, old.spec[field]]))
  if (!isSameValue({ ...next.spec, ...kept }, old.spec)) yield forbiddenField(spec, mutableFieldsMessage)
}

export function* validateStatefulSetStatus({ status }: StatefulSet): FieldErrors {
  const { replicas = 0, readyReplicas, currentReplicas, updatedReplicas, observedGeneration, collisionCount, availableReplicas } = status
  yield* validateCounts({
    replicas,
    readyReplicas,
    currentReplicas,
    updatedReplicas,
    observedGeneration,
    collisionCount,
    availableReplicas,
  })
  yield* validateWithin({ readyReplicas, currentReplicas, updatedReplicas, availableReplicas }, replicas)
  yield* validateWithin({ availableReplicas }, readyReplicas ?? 0, 'status.readyReplicas')
}

function* validateUpdateStrategy(strategy: StatefulSetUpdateStrategy): FieldErrors {
  const { type = '', rollingUpdate } = strategy
  const at = spec.field('updateStrategy')
  if (type === 'RollingUpdate') yield* validateNotNegative(rollingUpdate?.partition, at.field('rollingUpdate').field('partition'))
  else if (type === 'OnDelete') {
    if (rollingUpdate !== undefined)
      yield invalid(
        at.field('rollingUpdate'),
        internalForm(schemas.RollingUpdateStatefulSetStrategy, rollingUpdate),
        "only allowed for updateStrategy 'RollingUpdate'",
      )
  } else yield invalid(at, internalForm(schemas.StatefulSetUpdateStrategy, strategy), "must be 'RollingUpdate' or 'OnDelete'")
}

const retentionPolicies = ['Retain', 'Delete']

function* validateRetention({ persistentVolumeClaimRetentionPolicy: policy }: StatefulSetSpec): FieldErrors {
  const at = spec.field('persistentVolumeClaimRetentionPolicy')
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = policy?.[field]
    if (value !== undefined && !retentionPolicies.includes(value)) yield notSupported(at.field(field), value, retentionPolicies)
  }
}

/** The template as the pods will have it: each claim template stands for a volume of its name, and host names are the controller's. */
function templateOfPods({ template, volumeClaimTemplates = [] }: StatefulSetSpec): StatefulSetSpec['template'] {
  if (template?.spec === undefined) return template
  const claims = volumeClaimTemplates.map(({ metadata: { name = '' } }) => ({ name, persistentVolumeClaim: { claimName: name } }))
  const { hostname: _, subdomain: __, volumes = [], ...spec } = template.spec
  const others = volumes.filter((volume) => !claims.some((claim) => claim.name === volume.name))
  return { ...template, spec: { ...spec, volumes: [...claims, ...others] } }
}
