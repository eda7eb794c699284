/** Devices that a driver offers, on one node or for several. */
import { type FieldErrors, FieldPath, immutable, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

const spec = FieldPath.of('spec')

export type ResourceSlice = types.ResourceSlice
export const ResourceSlice: Kind<ResourceSlice> = defineKind({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  scope: 'Cluster',
  returnsDeleted: true,
  hasGeneration: true,
  schema: schemas.ResourceSlice,
  columns: [
    nameColumn,
    { name: 'Node', type: 'string', describedBy: 'spec.nodeName', cell: (slice) => slice.spec.nodeName ?? '' },
    { name: 'Driver', type: 'string', describedBy: 'spec.driver', cell: (slice) => slice.spec.driver },
    { name: 'Pool', type: 'string', describedBy: 'spec.pool.name', cell: (slice) => slice.spec.pool.name },
    ageColumn,
  ],
  selectableFields: {
    'spec.nodeName': ({ spec: { nodeName = '' } }) => nodeName,
    'spec.driver': ({ spec: { driver } }) => driver,
  },
  validate: validateSlice,
  update: {
    *validate(next, old) {
      yield* immutable(spec.field('driver'), next.spec.driver, old.spec.driver)
      yield* immutable(spec.field('pool').field('name'), next.spec.pool.name, old.spec.pool.name)
      yield* immutable(spec.field('nodeName'), next.spec.nodeName, old.spec.nodeName)
    },
  },
})

function* validateSlice({ spec: { driver, pool, nodeName, nodeSelector, allNodes, perDeviceNodeSelection } }: ResourceSlice): FieldErrors {
  if (driver === '') yield required(spec.field('driver'))
  else yield* invalidEach(spec.field('driver'), driver, isDns1123Subdomain(driver))
  if (pool.name === '') yield required(spec.field('pool').field('name'))
  if (pool.resourceSliceCount <= 0)
    yield invalid(spec.field('pool').field('resourceSliceCount'), pool.resourceSliceCount, 'must be greater than zero')
  const places = [nodeName, nodeSelector, allNodes, perDeviceNodeSelection].filter((place) => place !== undefined && place !== false)
  const choices = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  if (places.length === 0) yield required(spec, choices)
  if (places.length > 1) yield invalid(spec, undefined, `${choices}, but multiple fields are set`)
}
