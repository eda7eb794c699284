/** Defaults and bounds for what single objects in a namespace ask for. */
import { defineKind, type Kind } from '#meta/kind'
import { withMeta } from '#meta/object'
import { createdAtColumn, nameColumn } from '#meta/table'
import { validateLimitRange } from './limit-range-validation.ts'
import { type ResourceList, roundedResourceList } from './pod/resource-list.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type LimitRange = types.LimitRange
export const LimitRange: Kind<LimitRange> = defineKind({
  apiVersion: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  scope: 'Namespaced',
  createsOnUpdate: true,
  schema: schemas.LimitRange,
  columns: [nameColumn, createdAtColumn],
  defaults: defaultLimitRange,
  validate: validateLimitRange,
  // As upstream: the uid serves as a name where there is none.
  prepareCreate: (range) => withMeta(range, { name: range.metadata.name || range.metadata.uid }),
})

function defaultLimitRange(range: LimitRange): LimitRange {
  const limits = range.spec?.limits
  return limits !== undefined && limits.length > 0 ? { ...range, spec: { ...range.spec, limits: limits.map(defaultItem) } } : range
}

/** Of a container, the default limit is the maximum, and the default request is the default limit, or else the minimum. */
function defaultItem(item: types.LimitRangeItem): types.LimitRangeItem {
  const rounded = Object.fromEntries(
    (['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const).flatMap((field) => {
      const list: ResourceList | undefined = item[field]
      return list === undefined ? [] : [[field, roundedResourceList(list)]]
    }),
  )
  const complete: types.LimitRangeItem = { ...item, ...rounded }
  if (item.type !== 'Container') return complete
  const limits = { ...complete.max, ...complete.default }
  const requests = { ...complete.min, ...limits, ...complete.defaultRequest }
  return {
    ...complete,
    ...(Object.keys(limits).length === 0 ? {} : { default: limits }),
    ...(Object.keys(requests).length === 0 ? {} : { defaultRequest: requests }),
  }
}
