/** How many requests of one priority run at once. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpecAndMeta, keepStatus, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { validatePriorityLevel } from './priority-level-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type PriorityLevelConfiguration = types.PriorityLevelConfiguration
export const PriorityLevelConfiguration: Kind<PriorityLevelConfiguration> = defineKind({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  scope: 'Cluster',
  hasGeneration: true,
  schema: schemas.PriorityLevelConfiguration,
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', describedBy: 'spec.type', cell: (object) => object.spec.type ?? '' },
    {
      name: 'NominalConcurrencyShares',
      type: 'string',
      describedBy: 'spec.limited.nominalConcurrencyShares',
      cell: (object) => object.spec.limited?.nominalConcurrencyShares ?? object.spec.exempt?.nominalConcurrencyShares ?? '<none>',
    },
    {
      name: 'Queues',
      type: 'string',
      describedBy: 'spec.limited.limitResponse.queuing.queues',
      cell: (object) => object.spec.limited?.limitResponse?.queuing?.queues ?? '<none>',
    },
    {
      name: 'HandSize',
      type: 'string',
      describedBy: 'spec.limited.limitResponse.queuing.handSize',
      cell: (object) => object.spec.limited?.limitResponse?.queuing?.handSize ?? '<none>',
    },
    {
      name: 'QueueLengthLimit',
      type: 'string',
      describedBy: 'spec.limited.limitResponse.queuing.queueLengthLimit',
      cell: (object) => object.spec.limited?.limitResponse?.queuing?.queueLengthLimit ?? '<none>',
    },
    ageColumn,
  ],
  defaults: defaultPriorityLevel,
  prepareCreate: withoutStatus,
  validate: validatePriorityLevel,
  update: { prepare: keepStatus },
  status: { prepare: keepSpecAndMeta, validate: validatePriorityLevel, resets: ['metadata', 'spec'] },
  subresources: [statusSubresource('PriorityLevelConfiguration')],
})

function defaultPriorityLevel(level: PriorityLevelConfiguration): PriorityLevelConfiguration {
  const { limited, exempt } = level.spec
  return {
    ...level,
    spec: {
      ...level.spec,
      ...(limited === undefined
        ? {}
        : {
            limited: {
              nominalConcurrencyShares: 30,
              lendablePercent: 0,
              ...limited,
              limitResponse: defaultResponse(limited.limitResponse),
            },
          }),
      ...(exempt === undefined ? {} : { exempt: { nominalConcurrencyShares: 0, lendablePercent: 0, ...exempt } }),
    },
  }
}

function defaultResponse(response: types.LimitResponse | undefined): types.LimitResponse | undefined {
  const queuing = response?.queuing
  return response === undefined || queuing === undefined
    ? response
    : {
        ...response,
        queuing: {
          ...queuing,
          queues: queuing.queues || 64,
          handSize: queuing.handSize || 8,
          queueLengthLimit: queuing.queueLengthLimit || 50,
        },
      }
}
