/** Keeps a number of pods of one template. */
import { defineKind, type Kind } from '#meta/kind'
import { formatLabelSelector, formatSelector, selectorOrNothing } from '#meta/labels'
import { ageColumn, nameColumn } from '#meta/table'
import { defaultPodTemplate } from '../core/pod/pod-defaults.ts'
import { podNameWarnings, templateWarnings } from '../core/pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from '../core/pod/template-columns.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { scaleSubresource, statusSubresource } from '../subresources.ts'
import { validateReplicaSet, validateReplicaSetStatus, validateReplicaSetUpdate } from './replica-set-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ReplicaSet = types.ReplicaSet
export const ReplicaSet: Kind<ReplicaSet> = defineKind({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  scope: 'Namespaced',
  hasGeneration: true,
  schema: schemas.ReplicaSet,
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', describedBy: 'spec.replicas', cell: ({ spec }) => spec.replicas ?? 0 },
    { name: 'Current', type: 'integer', describedBy: 'status.replicas', cell: ({ status }) => status.replicas ?? 0 },
    { name: 'Ready', type: 'integer', describedBy: 'status.readyReplicas', cell: ({ status }) => status.readyReplicas ?? 0 },
    ageColumn,
    containersColumn((replicaSet) => replicaSet.spec.template),
    imagesColumn((replicaSet) => replicaSet.spec.template),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description:
        "Selector is a label query over pods that should match the replica count. Label keys and values that must match in order to be controlled by this replica set. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
      cell: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
  warnings: (next, old) => [...podNameWarnings(next, old), ...templateWarnings([next.spec, old?.spec], ({ template }) => template)],
  defaults: defaultReplicaSet,
  prepareCreate: (replicaSet) => ({ ...replicaSet, status: { replicas: 0 } }),
  validate: validateReplicaSet,
  update: { prepare: keepStatus, validate: validateReplicaSetUpdate },
  status: { prepare: keepSpec, validate: validateReplicaSetStatus },
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => formatSelector(selectorOrNothing(spec.selector)),
    withReplicas: (replicaSet, replicas) => ({ ...replicaSet, spec: { ...replicaSet.spec, replicas } }),
  },
  subresources: [scaleSubresource, statusSubresource('ReplicaSet')],
})

function defaultReplicaSet(replicaSet: ReplicaSet): ReplicaSet {
  const { spec } = replicaSet
  return {
    ...replicaSet,
    spec: { replicas: 1, ...spec, ...(spec.template === undefined ? {} : { template: defaultPodTemplate(spec.template) }) },
  }
}
