/** Pods of one template in a wanted number, replaced step by step when the template changes. */
import { defineKind, type Kind } from '#meta/kind'
import { formatLabelSelector, formatSelector, selectorOrNothing } from '#meta/labels'
import { withMeta } from '#meta/object'
import { ageColumn, nameColumn } from '#meta/table'
import { podNameWarnings, templateWarnings } from '../core/pod/pod-warnings.ts'
import { containersColumn, imagesColumn } from '../core/pod/template-columns.ts'
import { isSameValue } from '../same-value.ts'
import { keepSpecAndLabels, keepStatus, withoutStatus } from '../status-rules.ts'
import { scaleSubresource, statusSubresource } from '../subresources.ts'
import { defaultDeployment } from './deployment-defaults.ts'
import { validateDeployment, validateDeploymentStatus, validateDeploymentUpdate } from './deployment-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Deployment = types.Deployment
export const Deployment: Kind<Deployment> = defineKind({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  scope: 'Namespaced',
  hasGeneration: true,
  schema: schemas.Deployment,
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Number of the pod with ready state',
      cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    { name: 'Up-to-date', type: 'string', describedBy: 'status.updatedReplicas', cell: ({ status }) => status.updatedReplicas ?? 0 },
    {
      name: 'Available',
      type: 'string',
      describedBy: 'status.availableReplicas',
      cell: ({ status }) => status.availableReplicas ?? 0,
    },
    ageColumn,
    containersColumn((deployment) => deployment.spec.template),
    imagesColumn((deployment) => deployment.spec.template),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description:
        "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment. It must match the pod template's labels.",
      cell: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
  warnings: (next, old) => [
    ...podNameWarnings(next, old),
    ...templateWarnings([counted(next), old && counted(old)], ({ spec }) => spec.template),
  ],
  defaults: defaultDeployment,
  prepareCreate: withoutStatus,
  validate: validateDeployment,
  update: { prepare: prepareUpdate, validate: validateDeploymentUpdate },
  status: { prepare: keepSpecAndLabels, validate: validateDeploymentStatus, resets: ['spec', 'metadata.labels'] },
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => formatSelector(selectorOrNothing(spec.selector)),
    withReplicas: (deployment, replicas) => ({ ...deployment, spec: { ...deployment.spec, replicas } }),
  },
  subresources: [scaleSubresource, statusSubresource('Deployment')],
})

/** What the generation counts. */
function counted({ spec, metadata: { annotations = {} } }: Deployment) {
  return { spec, annotations }
}

/** As upstream: annotations count for the generation too, since the controller copies them to replica sets. */
function prepareUpdate(next: Deployment, old: Deployment): Deployment {
  const kept = keepStatus(next, old)
  if (isSameValue(next.metadata.annotations ?? {}, old.metadata.annotations ?? {})) return kept
  return withMeta(kept, { generation: (old.metadata.generation ?? 0) + 1 })
}
