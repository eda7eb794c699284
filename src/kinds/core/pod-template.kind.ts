/** A pod to make others from. */
import { type FieldErrors, FieldPath } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { formatLabels } from '#meta/labels'
import { nameColumn } from '#meta/table'
import { defaultPodTemplate } from './pod/pod-defaults.ts'
import { validatePodTemplate } from './pod/pod-template-validation.ts'
import { templateWarnings } from './pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from './pod/template-columns.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type PodTemplate = types.PodTemplate
export const PodTemplate: Kind<PodTemplate> = defineKind({
  apiVersion: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  scope: 'Namespaced',
  returnsDeleted: true,
  hasGeneration: true,
  schema: schemas.PodTemplate,
  columns: [
    nameColumn,
    { ...containersColumn<PodTemplate>((one) => one.template), priority: 0 },
    { ...imagesColumn<PodTemplate>((one) => one.template), priority: 0 },
    {
      name: 'Pod Labels',
      type: 'string',
      description: 'The labels for the pod template.',
      cell: ({ template }) => formatLabels(template?.metadata?.labels),
    },
  ],
  warnings: (next, old) => templateWarnings([next.template, old?.template], (template) => template, FieldPath.of('template')),
  defaults: (one) => (one.template === undefined ? one : { ...one, template: defaultPodTemplate(one.template) }),
  validate: ({ template }): FieldErrors => validatePodTemplate(template ?? { spec: { containers: [] } }, FieldPath.of('template')),
})
