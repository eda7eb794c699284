/** Pods with names and volumes of their own, started and replaced in order. */
import { FieldPath } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { formatSelector, selectorOrNothing } from '#meta/labels'
import { isDns1123Label } from '#meta/names'
import { ageColumn, nameColumn } from '#meta/table'
import { claimSizeWarnings } from '../core/claim-warnings.ts'
import { defaultPodTemplate } from '../core/pod/pod-defaults.ts'
import { templateWarnings } from '../core/pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from '../core/pod/template-columns.ts'
import { defaultClaimSpec } from '../core/pod/volume-defaults.ts'
import type { PersistentVolumeClaim } from '../core/types.gen.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { scaleSubresource, statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import { validateStatefulSet, validateStatefulSetStatus, validateStatefulSetUpdate } from './stateful-set-validation.ts'
import type * as types from './types.gen.ts'

export type StatefulSet = types.StatefulSet
export const StatefulSet: Kind<StatefulSet> = defineKind({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  scope: 'Namespaced',
  hasGeneration: true,
  schema: schemas.StatefulSet,
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Number of the pod with ready state',
      cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    ageColumn,
    containersColumn((statefulSet) => statefulSet.spec.template),
    imagesColumn((statefulSet) => statefulSet.spec.template),
  ],
  warnings: (next, old) => [
    ...templateWarnings([next.spec, old?.spec], ({ template }) => template),
    ...(next.spec.volumeClaimTemplates ?? []).flatMap(({ spec }, index) => {
      const at = FieldPath.of('spec', 'volumeClaimTemplates').index(index)
      // As upstream, whose path of an update is another.
      return claimSizeWarnings(spec, old === undefined ? at : at.field('Spec'))
    }),
    ...((next.spec.revisionHistoryLimit ?? 0) < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ],
  validateName: isDns1123Label,
  defaults: defaultStatefulSet,
  prepareCreate: (statefulSet) => ({ ...withoutMaxUnavailable(statefulSet), status: { replicas: 0, availableReplicas: 0 } }),
  validate: validateStatefulSet,
  update: {
    prepare: (next, old) => withoutMaxUnavailable(keepStatus(next, old)),
    validate: validateStatefulSetUpdate,
    validatesAlone: true,
  },
  status: { prepare: keepSpec, validate: validateStatefulSetStatus },
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => formatSelector(selectorOrNothing(spec.selector)),
    withReplicas: (statefulSet, replicas) => ({ ...statefulSet, spec: { ...statefulSet.spec, replicas } }),
  },
  subresources: [scaleSubresource, statusSubresource('StatefulSet')],
})

function defaultStatefulSet(statefulSet: StatefulSet): StatefulSet {
  const { spec } = statefulSet
  const { updateStrategy = {}, volumeClaimTemplates } = spec
  const type = updateStrategy.type || 'RollingUpdate'
  // As upstream: who names the strategy and says nothing about it gets no partition.
  const hasPartition = type === 'RollingUpdate' && (!updateStrategy.type || updateStrategy.rollingUpdate !== undefined)
  const rollingUpdate = hasPartition ? { rollingUpdate: { partition: 0, ...updateStrategy.rollingUpdate } } : {}
  return {
    ...statefulSet,
    spec: {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      ...spec,
      template: defaultPodTemplate(spec.template ?? {}),
      updateStrategy: { ...updateStrategy, type, ...rollingUpdate },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain', ...spec.persistentVolumeClaimRetentionPolicy },
      ...(volumeClaimTemplates === undefined ? {} : { volumeClaimTemplates: volumeClaimTemplates.map(defaultClaimTemplate) }),
    },
  }
}

/** Its feature is off in v1.36. */
function withoutMaxUnavailable(statefulSet: StatefulSet): StatefulSet {
  const { updateStrategy } = statefulSet.spec
  if (updateStrategy?.rollingUpdate?.maxUnavailable === undefined) return statefulSet
  const { maxUnavailable: _, ...rollingUpdate } = updateStrategy.rollingUpdate
  return { ...statefulSet, spec: { ...statefulSet.spec, updateStrategy: { ...updateStrategy, rollingUpdate } } }
}

function defaultClaimTemplate(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  return {
    ...claim,
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    spec: defaultClaimSpec(claim.spec),
    status: { phase: 'Pending', ...claim.status },
  }
}
