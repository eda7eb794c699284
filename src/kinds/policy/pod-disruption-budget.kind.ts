/** How many pods of a set may be taken away at once. */
import { defineKind, type Kind } from '#meta/kind'
import { isPathSegmentName } from '#meta/names'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type PodDisruptionBudget = types.PodDisruptionBudget
export const PodDisruptionBudget: Kind<PodDisruptionBudget> = defineKind({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  scope: 'Namespaced',
  hasGeneration: true,
  validateName: isPathSegmentName,
  takesBareFinalizers: true,
  updatesUnconditionally: false,
  schema: schemas.PodDisruptionBudget,
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      type: 'string',
      description: 'How many stay at least.',
      cell: (object) => (object.spec.minAvailable === undefined ? 'N/A' : String(object.spec.minAvailable)),
    },
    {
      name: 'Max Unavailable',
      type: 'string',
      description: 'How many go at most.',
      cell: (object) => (object.spec.maxUnavailable === undefined ? 'N/A' : String(object.spec.maxUnavailable)),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'How many can go now.',
      cell: (object) => object.status.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
  prepareCreate: (object) => ({ ...object, status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } }),
  update: { prepare: keepStatus },
  status: { prepare: keepSpec },
  subresources: [statusSubresource('PodDisruptionBudget')],
})
