/** One pod on every node, or on every node of some sort. */
import { type FieldErrors, FieldPath, immutable, invalid, notSupported, required } from '#meta/field-path'
import { scaledValue } from '#meta/int-or-string'
import { defineKind, type Kind } from '#meta/kind'
import { formatLabelSelector } from '#meta/labels'
import { isPercent } from '#meta/names'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import type { IntOrString } from '#meta/types.gen'
import { defaultPodTemplate } from '../core/pod/pod-defaults.ts'
import { templateWarnings } from '../core/pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from '../core/pod/template-columns.ts'
import { validateAtMostAll, validateCountOrPercent } from '../int-or-percent-validation.ts'
import { validateNotNegative } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { validateControllerSelector } from './controller-selector-validation.ts'
import { validateTemplateForController } from './controller-template-validation.ts'
import { validateCounts } from './replica-counts-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type DaemonSet = types.DaemonSet
export const DaemonSet: Kind<DaemonSet> = defineKind({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  scope: 'Namespaced',
  hasGeneration: true,
  schema: schemas.DaemonSet,
  columns: [
    nameColumn,
    {
      name: 'Desired',
      type: 'integer',
      describedBy: 'status.desiredNumberScheduled',
      cell: ({ status }) => status.desiredNumberScheduled ?? 0,
    },
    {
      name: 'Current',
      type: 'integer',
      describedBy: 'status.currentNumberScheduled',
      cell: ({ status }) => status.currentNumberScheduled ?? 0,
    },
    { name: 'Ready', type: 'integer', describedBy: 'status.numberReady', cell: ({ status }) => status.numberReady ?? 0 },
    {
      name: 'Up-to-date',
      type: 'integer',
      describedBy: 'status.updatedNumberScheduled',
      cell: ({ status }) => status.updatedNumberScheduled ?? 0,
    },
    {
      name: 'Available',
      type: 'integer',
      describedBy: 'status.numberAvailable',
      cell: ({ status }) => status.numberAvailable ?? 0,
    },
    {
      name: 'Node Selector',
      type: 'string',
      describedBy: 'spec.template.spec.nodeSelector',
      cell: ({ spec }) => formatLabelSelector({ matchLabels: spec.template.spec?.nodeSelector }),
    },
    ageColumn,
    containersColumn((daemonSet) => daemonSet.spec.template),
    imagesColumn((daemonSet) => daemonSet.spec.template),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description:
        "A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
      cell: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
  // As upstream: told of again only when the template changes.
  warnings: (next, old) => templateWarnings([next.spec.template, old?.spec.template], (template) => template),
  defaults: defaultDaemonSet,
  prepareCreate: (daemonSet) => withTemplateGeneration({ ...daemonSet, status: emptyStatus }, 1),
  validate: validateDaemonSet,
  update: { prepare: prepareUpdate, validate: validateDaemonSetUpdate, validatesAlone: true },
  status: { prepare: keepSpec, validate: ({ status: { conditions: _, ...counters } }): FieldErrors => validateCounts(counters) },
  subresources: [statusSubresource('DaemonSet')],
})

const emptyStatus = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }
const spec = FieldPath.of('spec')

/** Where upstream keeps the number of template changes since the field for it went away. */
const templateGenerationAnnotation = 'deprecated.daemonset.template.generation'

function defaultDaemonSet(daemonSet: DaemonSet): DaemonSet {
  const { updateStrategy = {} } = daemonSet.spec
  const type = updateStrategy.type || 'RollingUpdate'
  const rollingUpdate =
    type === 'RollingUpdate' ? { rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...updateStrategy.rollingUpdate } } : {}
  const { annotations } = daemonSet.metadata
  return {
    ...withTemplateGeneration(daemonSet, Number(annotations?.[templateGenerationAnnotation] ?? 0)),
    spec: {
      revisionHistoryLimit: 10,
      ...daemonSet.spec,
      template: defaultPodTemplate(daemonSet.spec.template ?? {}),
      updateStrategy: { ...updateStrategy, type, ...rollingUpdate },
    },
  }
}

function prepareUpdate(next: DaemonSet, old: DaemonSet): DaemonSet {
  const generation = Number(old.metadata.annotations?.[templateGenerationAnnotation] ?? 0)
  const isChanged = !isSameValue(next.spec.template, old.spec.template)
  return withTemplateGeneration(keepStatus(next, old), isChanged ? generation + 1 : generation)
}

function withTemplateGeneration(daemonSet: DaemonSet, generation: number): DaemonSet {
  return withMeta(daemonSet, { annotations: { ...daemonSet.metadata.annotations, [templateGenerationAnnotation]: String(generation) } })
}

function* validateDaemonSet({
  spec: { selector, template, minReadySeconds, revisionHistoryLimit, updateStrategy },
}: DaemonSet): FieldErrors {
  // As upstream: without a selector, it is the template that does not match it.
  if (selector !== undefined) yield* validateControllerSelector(selector, 'empty selector is invalid for daemonset')
  yield* validateTemplateForController(template, selector, 'DaemonSet')
  yield* validateUpdateStrategy(updateStrategy ?? {}, spec.field('updateStrategy'))
  yield* validateNotNegative(minReadySeconds, spec.field('minReadySeconds'))
  yield* validateNotNegative(revisionHistoryLimit, spec.field('revisionHistoryLimit'))
}

function* validateDaemonSetUpdate(next: DaemonSet, old: DaemonSet): FieldErrors {
  if (!isSameValue(next.spec.selector, old.spec.selector)) yield* immutable(spec.field('selector'), next.spec.selector, old.spec.selector)
  yield* validateDaemonSet(next)
}

function* validateUpdateStrategy(strategy: types.DaemonSetUpdateStrategy, at: FieldPath): FieldErrors {
  const { type = '', rollingUpdate } = strategy
  if (type === 'OnDelete') return
  if (type !== 'RollingUpdate') {
    return yield notSupported(at, internalForm(schemas.DaemonSetUpdateStrategy, strategy), ['RollingUpdate', 'OnDelete'])
  }
  if (rollingUpdate === undefined) return yield required(at.field('rollingUpdate'))
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate
  const here = at.field('rollingUpdate')
  yield* validateCountOrPercent(maxUnavailable, here.field('maxUnavailable'))
  yield* validateCountOrPercent(maxSurge, here.field('maxSurge'))
  yield* validateAtMostAll(maxUnavailable, here.field('maxUnavailable'))
  yield* validateAtMostAll(maxSurge, here.field('maxSurge'))
  // As upstream: a text that is neither a percentage nor a number counts as none.
  const isNone = (amount: IntOrString) =>
    (typeof amount === 'string' && isPercent(amount).length > 0 ? Number(amount) || 0 : scaledValue(amount, 100, 'up')) === 0
  if (!isNone(maxUnavailable) && !isNone(maxSurge)) {
    yield invalid(here.field('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero')
  } else if (isNone(maxUnavailable) && isNone(maxSurge)) {
    yield required(here.field('maxUnavailable'), 'cannot be 0 when maxSurge is 0')
  }
}
