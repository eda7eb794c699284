/** The forerunner of the replica set: keeps a number of pods of one template. */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { formatLabels, formatSelector, matches, selectorOfMap } from '#meta/labels'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import { validateReplicaSetStatus } from '../apps/replica-set-validation.ts'
import { validateNotNegative } from '../number-validation.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { scaleSubresource, statusSubresource } from '../subresources.ts'
import { defaultPodTemplate } from './pod/pod-defaults.ts'
import { validatePodTemplate } from './pod/pod-template-validation.ts'
import { podNameWarnings, templateWarnings } from './pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from './pod/template-columns.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ReplicationController = types.ReplicationController
export const ReplicationController: Kind<ReplicationController> = defineKind({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  scope: 'Namespaced',
  storePrefix: '/registry/controllers/',
  namesByGeneratedRules: true,
  hasGeneration: true,
  defaultPropagation: 'Orphan',
  schema: schemas.ReplicationController,
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', describedBy: 'spec.replicas', cell: ({ spec }) => spec.replicas ?? 0 },
    { name: 'Current', type: 'integer', describedBy: 'status.replicas', cell: ({ status }) => status.replicas ?? 0 },
    { name: 'Ready', type: 'integer', describedBy: 'status.readyReplicas', cell: ({ status }) => status.readyReplicas ?? 0 },
    ageColumn,
    containersColumn((controller) => controller.spec.template),
    imagesColumn((controller) => controller.spec.template),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      describedBy: 'spec.selector',
      cell: ({ spec }) => formatLabels(spec.selector),
    },
  ],
  warnings: (next, old) => [
    ...podNameWarnings(next, old),
    // As upstream: a change tells of the template as it was.
    ...(old === undefined
      ? templateWarnings([next.spec, undefined], ({ template }) => template)
      : templateWarnings([old.spec, next.spec], ({ template }) => template)),
  ],
  defaults: defaultReplicationController,
  prepareCreate: (controller) => ({ ...controller, status: { replicas: 0 } }),
  validate: validateReplicationController,
  update: { prepare: keepStatus },
  status: { prepare: keepSpec, validate: validateReplicaSetStatus },
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => formatSelector(selectorOfMap(spec.selector)),
    withReplicas: (controller, replicas) => ({ ...controller, spec: { ...controller.spec, replicas } }),
  },
  selectableFields: { 'status.replicas': ({ status }) => String(status.replicas ?? 0) },
  subresources: [scaleSubresource, statusSubresource('ReplicationController')],
})

/** Selector and labels are those of the template unless given. */
function defaultReplicationController(controller: ReplicationController): ReplicationController {
  const { template } = controller.spec
  const labels = template?.metadata?.labels
  const spec = { replicas: 1, ...controller.spec, ...(template === undefined ? {} : { template: defaultPodTemplate(template) }) }
  if (labels === undefined) return { ...controller, spec }
  const isEmpty = (map: types.ReplicationControllerSpec['selector']) => Object.keys(map ?? {}).length === 0
  const complete = { ...controller, spec: isEmpty(spec.selector) ? { ...spec, selector: labels } : spec }
  return isEmpty(controller.metadata.labels) ? withMeta(complete, { labels }) : complete
}

function* validateReplicationController({ spec: { replicas, minReadySeconds, selector, template } }: ReplicationController): FieldErrors {
  const spec = FieldPath.of('spec')
  yield* validateNotNegative(minReadySeconds, spec.field('minReadySeconds'))
  if (Object.keys(selector ?? {}).length === 0) yield required(spec.field('selector'))
  yield* validateNotNegative(replicas, spec.field('replicas'))
  if (template === undefined) return yield required(spec.field('template'))
  const labels = template.metadata?.labels
  if (!matches(selectorOfMap(selector), labels)) {
    yield invalid(spec.field('template').field('metadata').field('labels'), labels, '`selector` does not match template `labels`')
  }
  yield* validatePodTemplate(template, spec.field('template'))
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec ?? {}
  const at = spec.field('template').field('spec')
  if (restartPolicy !== 'Always') yield notSupported(at.field('restartPolicy'), restartPolicy, ['Always'])
  if (activeDeadlineSeconds !== undefined)
    yield forbiddenField(at.field('activeDeadlineSeconds'), 'activeDeadlineSeconds in ReplicationController is not Supported')
}
