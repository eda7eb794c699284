/** Pods that are scheduled together. */
import { isConditionTrue } from '#meta/conditions'
import { type FieldErrors, FieldPath, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { validateConditions } from '../conditions-validation.ts'
import { keepSpec, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { validateUnchanged } from '../unchanged-validation.ts'
import { validateGroup, validateOneOf } from './pod-group-validation.ts'
import * as schemas from './schema.v1alpha2.gen.ts'
import type * as types from './types.v1alpha2.gen.ts'

export type PodGroup = types.PodGroup
export const PodGroup: Kind<PodGroup> = defineKind({
  apiVersion: 'scheduling.k8s.io/v1alpha2',
  kind: 'PodGroup',
  plural: 'podgroups',
  scope: 'Namespaced',
  schema: schemas.PodGroup,
  columns: [
    nameColumn,
    {
      name: 'Policy',
      type: 'string',
      describedBy: 'spec.schedulingPolicy',
      cell: ({ spec: { schedulingPolicy } }) => (schedulingPolicy?.gang === undefined ? 'Basic' : 'Gang'),
    },
    {
      name: 'Workload',
      type: 'string',
      description: 'Name of the referenced Workload object',
      cell: ({ spec }) => spec.podGroupTemplateRef?.workload?.workloadName ?? '<none>',
    },
    {
      name: 'Status',
      type: 'string',
      description: 'Status of the PodGroup',
      cell: ({ status }) => (isConditionTrue(status.conditions, 'PodGroupScheduled') ? 'Scheduled' : 'Pending'),
    },
    ageColumn,
  ],
  defaults: ({ spec: given, ...group }) => ({ ...group, spec: { ...given, disruptionMode: given.disruptionMode ?? 'Pod' } }),
  prepareCreate: withoutStatus,
  validate: validatePodGroup,
  update: { prepare: keepStatus, validate: (next, old) => validateUnchanged(next.spec, old.spec, fixedFields, spec) },
  status: { prepare: keepSpec, validate: ({ status }) => validateConditions(status.conditions, FieldPath.of('status', 'conditions')) },
  subresources: [statusSubresource('PodGroup')],
  updatesUnconditionally: false,
})

const spec = FieldPath.of('spec')
const fixedFields = [
  'podGroupTemplateRef',
  'schedulingPolicy',
  'schedulingConstraints',
  'resourceClaims',
  'disruptionMode',
  'priorityClassName',
  'priority',
] as const

function* validatePodGroup({ spec: given }: PodGroup): FieldErrors {
  if (given.podGroupTemplateRef !== undefined) yield* validateReference(given.podGroupTemplateRef)
  yield* validateGroup(given, spec)
}

function* validateReference(reference: types.PodGroupTemplateReference): FieldErrors {
  const at = spec.field('podGroupTemplateRef')
  yield* validateOneOf(reference, ['workload'], at)
  if (reference.workload === undefined) return
  const { workloadName = '', podGroupTemplateName = '' } = reference.workload
  const workload = at.field('workload')
  if (workloadName === '') yield required(workload.field('workloadName'))
  else yield* invalidEach(workload.field('workloadName'), workloadName, isDns1123Subdomain(workloadName))
  if (podGroupTemplateName === '') yield required(workload.field('podGroupTemplateName'))
  else yield* invalidEach(workload.field('podGroupTemplateName'), podGroupTemplateName, isDns1123Label(podGroupTemplateName))
}
