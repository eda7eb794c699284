/** One or more containers that live and die together on one node. This file is the table of contents; each rule has its own. */
import { defineKind, type Kind } from '#meta/kind'
import * as schemas from '../schema.gen.ts'
import type * as types from '../types.gen.ts'
import { podColumns, podRowConditions } from './pod-columns.ts'
import { defaultPod } from './pod-defaults.ts'
import { podSelectableFields } from './pod-fields.ts'
import { validatePodStatusUpdate } from './pod-status-validation.ts'
import { podGraceSeconds, preparePodCreate, preparePodStatusUpdate } from './pod-strategy.ts'
import { podUpdateRules } from './pod-update-rules.ts'
import { validatePod, validatePodCreate } from './pod-validation.ts'
import { podWarnings } from './pod-warnings.ts'

export type Pod = types.Pod
export const Pod: Kind<Pod> = defineKind({
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  scope: 'Namespaced',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.Pod,
  columns: podColumns,
  rowConditions: podRowConditions,
  hasGeneration: true,
  defaults: defaultPod,
  prepareCreate: preparePodCreate,
  validate: validatePod,
  validateCreate: validatePodCreate,
  update: podUpdateRules,
  status: {
    prepare: preparePodStatusUpdate,
    validate: validatePodStatusUpdate,
    resets: ['spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'],
  },
  graceSeconds: podGraceSeconds,
  selectableFields: podSelectableFields,
  warnings: podWarnings,
  subresources: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'ephemeralcontainers', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    { name: 'resize', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    { name: 'status', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
  ],
})
