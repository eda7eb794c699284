/** Which requests go to which priority level. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpecAndMeta, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { validateFlowSchema } from './flow-schema-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type FlowSchema = types.FlowSchema
export const FlowSchema: Kind<FlowSchema> = defineKind({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  scope: 'Cluster',
  hasGeneration: true,
  schema: schemas.FlowSchema,
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel',
      type: 'string',
      describedBy: 'spec.priorityLevelConfiguration.name',
      cell: (object) => object.spec.priorityLevelConfiguration?.name ?? '',
    },
    {
      name: 'MatchingPrecedence',
      type: 'string',
      describedBy: 'spec.matchingPrecedence',
      cell: (object) => object.spec.matchingPrecedence ?? 0,
    },
    {
      name: 'DistinguisherMethod',
      type: 'string',
      description:
        '`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. ' +
        '`nil` specifies that the distinguisher is disabled and thus will always be the empty string.',
      cell: (object) => object.spec.distinguisherMethod?.type ?? '<none>',
    },
    ageColumn,
    {
      name: 'MissingPL',
      type: 'string',
      description: 'references a broken or non-existent PriorityLevelConfiguration',
      cell: (object) => object.status.conditions?.find((condition) => condition.type === 'Dangling')?.status ?? '?',
    },
  ],
  defaults: (object) => ({ ...object, spec: { ...object.spec, matchingPrecedence: object.spec.matchingPrecedence || 1000 } }),
  prepareCreate: withoutStatus,
  validate: validateFlowSchema,
  update: { prepare: keepStatus },
  status: { prepare: keepSpecAndMeta, validate: validateFlowSchema, resets: ['metadata', 'spec'] },
  subresources: [statusSubresource('FlowSchema')],
})
