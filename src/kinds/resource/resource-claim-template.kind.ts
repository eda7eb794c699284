/** The claim that each pod of a workload gets one of. */
import { type FieldErrors, FieldPath, forbiddenField, immutable } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { validateAnnotations, validateLabels } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { validateRequests, withRequestDefaults } from './device-request.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ResourceClaimTemplate = types.ResourceClaimTemplate
export const ResourceClaimTemplate: Kind<ResourceClaimTemplate> = defineKind({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  scope: 'Namespaced',
  returnsDeleted: true,
  schema: schemas.ResourceClaimTemplate,
  columns: [nameColumn, ageColumn],
  defaults: (template) => ({ ...template, spec: { ...template.spec, spec: withRequestDefaults(template.spec.spec) } }),
  validate: validateTemplate,
  update: {
    *validate(next, old) {
      yield* immutable(FieldPath.of('spec'), next.spec, old.spec)
    },
  },
})

function* validateTemplate({ spec: { metadata, spec } }: ResourceClaimTemplate): FieldErrors {
  const at = FieldPath.of('spec', 'metadata')
  for (const field of ['name', 'generateName', 'namespace', 'uid'] as const)
    if ((metadata?.[field] ?? '') !== '') yield forbiddenField(at.field(field), 'cannot be set')
  yield* validateLabels(metadata?.labels, at.field('labels'))
  yield* validateAnnotations(metadata?.annotations, at.field('annotations'))
  yield* validateRequests(spec, FieldPath.of('spec', 'spec'))
}
