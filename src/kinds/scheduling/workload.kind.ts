/** How the pods of a controller are grouped for scheduling. */
import { duplicate, type FieldErrors, FieldPath, invalid, required, tooMany } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { validateUnchanged } from '../unchanged-validation.ts'
import { validateGroup } from './pod-group-validation.ts'
import * as schemas from './schema.v1alpha2.gen.ts'
import type * as types from './types.v1alpha2.gen.ts'

export type Workload = types.Workload
export const Workload: Kind<Workload> = defineKind({
  apiVersion: 'scheduling.k8s.io/v1alpha2',
  kind: 'Workload',
  plural: 'workloads',
  scope: 'Namespaced',
  schema: schemas.Workload,
  columns: [nameColumn, ageColumn],
  validate: validateWorkload,
  update: { validate: (next, old) => validateUnchanged(next.spec, old.spec, ['podGroupTemplates'], spec) },
  updatesUnconditionally: false,
})

const spec = FieldPath.of('spec')
const templatesMax = 8

function* validateWorkload({ spec: { controllerRef, podGroupTemplates = [] } }: Workload): FieldErrors {
  if (controllerRef !== undefined) yield* validateController(controllerRef)
  const at = spec.field('podGroupTemplates')
  if (podGroupTemplates.length === 0) return yield required(at)
  if (podGroupTemplates.length > templatesMax) return yield tooMany(at, podGroupTemplates.length, templatesMax)
  for (const [index, template] of podGroupTemplates.entries()) {
    const isTaken = podGroupTemplates.findIndex(({ name }) => name === template.name) < index
    if (isTaken) yield duplicate(at.index(index), { ...template, schedulingConstraints: template.schedulingConstraints ?? null })
  }
  for (const [index, template] of podGroupTemplates.entries()) {
    const { name = '' } = template
    if (name === '') yield required(at.index(index).field('name'))
    else yield* invalidEach(at.index(index).field('name'), name, isDns1123Label(name))
    yield* validateGroup(template, at.index(index))
  }
}

function* validateController({ apiGroup = '', kind = '', name = '' }: types.TypedLocalObjectReference): FieldErrors {
  const at = spec.field('controllerRef')
  if (apiGroup !== '') yield* invalidEach(at.field('apiGroup'), apiGroup, isDns1123Subdomain(apiGroup))
  for (const [field, value] of Object.entries({ kind, name })) {
    if (value === '') yield required(at.field(field))
    else for (const message of isPathSegmentName(value)) yield invalid(at.field(field), value, message)
  }
}
