/** A question about how many devices of a driver are free, answered once in the status. */
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageOf, nameColumn } from '#meta/table'
import { validateConditions } from '../conditions-validation.ts'
import { notNegativeMessage } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.v1alpha3.gen.ts'
import type * as types from './types.v1alpha3.gen.ts'

export type ResourcePoolStatusRequest = types.ResourcePoolStatusRequest
export const ResourcePoolStatusRequest: Kind<ResourcePoolStatusRequest> = defineKind({
  apiVersion: 'resource.k8s.io/v1alpha3',
  kind: 'ResourcePoolStatusRequest',
  plural: 'resourcepoolstatusrequests',
  scope: 'Cluster',
  updatesUnconditionally: false,
  returnsDeleted: true,
  schema: schemas.ResourcePoolStatusRequest,
  columns: [
    nameColumn,
    { name: 'Driver', type: 'string', describedBy: 'spec.driver', cell: ({ spec }) => spec.driver },
    sumColumn('Total', 'Total number of devices across all pools.', ({ totalDevices }) => totalDevices),
    sumColumn('Available', 'Number of available devices across all pools.', ({ availableDevices }) => availableDevices),
    sumColumn('Allocated', 'Number of allocated devices across all pools.', ({ allocatedDevices }) => allocatedDevices),
    sumColumn('Unavailable', 'Number of unavailable devices across all pools.', ({ unavailableDevices }) => unavailableDevices),
    sumColumn('Errors', 'Number of pools with validation errors.', ({ validationError }) => (validationError === undefined ? 0 : 1)),
    { name: 'Pools', type: 'integer', description: 'Total number of matching pools.', cell: ({ status }) => status?.poolCount ?? 0 },
    { name: 'Status', type: 'string', description: 'Processing status.', cell: stateOf },
    {
      name: 'Completed',
      type: 'string',
      description: 'Time since the observation completed.',
      cell: ({ status }, { nowMs }) => {
        const at = status?.conditions?.find(({ status: value }) => value === 'True')?.lastTransitionTime
        return at === undefined ? '<none>' : ageOf(at, nowMs)
      },
    },
  ],
  defaults: ({ spec: given, ...request }) => ({ ...request, spec: { ...given, limit: given.limit ?? limitDefault } }),
  prepareCreate: ({ status: _, ...request }) => request,
  validate: validateQuestion,
  update: { prepare: keepStatus, validate: validateSame },
  status: { prepare: keepSpec, validate: validateAnswer },
  subresources: [statusSubresource('ResourcePoolStatusRequest')],
})

const spec = FieldPath.of('spec')
const limitDefault = 100
const limitMax = 1000

function sumColumn(name: string, description: string, count: (pool: types.PoolStatus) => number | undefined) {
  return {
    name,
    description,
    type: 'string' as const,
    cell: ({ status }: ResourcePoolStatusRequest) =>
      status === undefined ? '-' : String((status.pools ?? []).reduce((sum, pool) => sum + (count(pool) ?? 0), 0)),
  }
}

function stateOf({ status }: ResourcePoolStatusRequest): string {
  if (status === undefined) return 'Pending'
  return status.conditions?.find(({ status: value }) => value === 'True')?.type ?? 'Pending'
}

/** What was asked stays; upstream does not show it. */
function* validateSame(next: ResourcePoolStatusRequest, old: ResourcePoolStatusRequest): FieldErrors {
  if (!isSameValue(next.spec, old.spec)) yield invalid(spec, null, 'field is immutable')
}

function* validateQuestion({ spec: { driver = '', poolName, limit } }: ResourcePoolStatusRequest): FieldErrors {
  if (driver === '') yield required(spec.field('driver'))
  else yield* invalidEach(spec.field('driver'), driver, driverProblems(driver))
  for (const [index, segment] of (poolName?.split('/') ?? []).entries()) {
    const problems = segment === '' ? ['must not be empty'] : isDns1123Subdomain(segment)
    const messages = problems.map((message) => `segment ${index}: ${message}`)
    yield* invalidEach(spec.field('poolName'), segment, messages)
  }
  if (limit !== undefined && limit < 1) yield invalid(spec.field('limit'), limit, 'must be greater than or equal to 1')
  if (limit !== undefined && limit > limitMax) yield invalid(spec.field('limit'), limit, `must be less than or equal to ${limitMax}`)
}

/** As upstream: capitals are the same as small letters here, and the message says so. */
function driverProblems(driver: string): readonly string[] {
  return isDns1123Subdomain(driver.toLowerCase()).map((message) =>
    message
      .replace(
        'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric',
        'an RFC 1123 subdomain must consist of alphanumeric',
      )
      .replace("'example.com'", "'Example.com'"),
  )
}

function* validateAnswer({ status }: ResourcePoolStatusRequest): FieldErrors {
  const at = FieldPath.of('status')
  if (status === undefined) return
  if (status.poolCount < 0) yield invalid(at.field('poolCount'), status.poolCount, notNegativeMessage)
  yield* validateConditions(status.conditions, at.field('conditions'))
}
