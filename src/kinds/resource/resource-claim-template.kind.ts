/** The claim that each pod of a workload gets one of. */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateTemplateMeta } from '../template-meta-validation.ts'
import { validateAdminRequests } from './admin-access.ts'
import { validateRequests, withRequestDefaults } from './device-request.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ResourceClaimTemplate = types.ResourceClaimTemplate
export const ResourceClaimTemplate: Kind<ResourceClaimTemplate> = defineKind({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  scope: 'Namespaced',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.ResourceClaimTemplate,
  columns: [nameColumn, ageColumn],
  defaults: (template) => ({ ...template, spec: { ...template.spec, spec: withRequestDefaults(template.spec.spec) } }),
  validate: validateTemplate,
  validateCreate: ({ spec }, facts) => validateAdminRequests(spec.spec, facts),
  update: {
    *validate(next, old) {
      if (!isSameValue(next.spec, old.spec))
        yield invalid(FieldPath.of('spec'), internalForm(schemas.ResourceClaimTemplateSpec, next.spec), 'field is immutable')
    },
  },
})

function* validateTemplate({ spec: { metadata, spec } }: ResourceClaimTemplate): FieldErrors {
  yield* validateTemplateMeta(metadata, FieldPath.of('spec', 'metadata'))
  yield* validateRequests(spec, FieldPath.of('spec', 'spec'))
}
