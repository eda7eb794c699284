/** Devices that a driver offers, on one node or for several. */
import { type FieldErrors, FieldPath, immutable, invalid, required } from '#meta/field-path'
import { defineKind, type Kind, type RequestFacts } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { timestampOf } from '#meta/timestamp'
import { validateDriverName, validateList, validatePoolName } from './device-names-validation.ts'
import { unsetOrTrue, validateCounterSet, validateDevice, validateNodeName, validateOneTerm } from './device-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

const at = FieldPath.of('spec')
const counterSetCountMax = 8

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
  prepareCreate: prepared,
  validate: (slice) => validateSlice(slice),
  warnings: ({ spec: { driver = '' } }) => (driver === driver.toLowerCase() ? [] : [upperCaseWarning(driver)]),
  update: {
    prepare: (next, _old, facts) => prepared(next, facts),
    validate: (next, old) => validateSlice(next, old),
    validatesAlone: true,
  },
})

function upperCaseWarning(driver: string): string {
  return `spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`
}

function prepared(slice: ResourceSlice, facts: RequestFacts): ResourceSlice {
  return withTaintTimes(withoutListAttributes(slice), facts)
}

/** Attributes of several values are behind a gate that is off. */
function withoutListAttributes(slice: ResourceSlice): ResourceSlice {
  const { devices } = slice.spec
  if (devices === undefined) return slice
  const single = ({ ints: _ints, bools: _bools, strings: _strings, versions: _versions, ...rest }: types.DeviceAttribute) => rest
  const plain = devices.map((device) =>
    device.attributes === undefined
      ? device
      : { ...device, attributes: Object.fromEntries(Object.entries(device.attributes).map(([name, value]) => [name, single(value)])) },
  )
  return { ...slice, spec: { ...slice.spec, devices: plain } }
}

/** A taint says since when it is there. */
function withTaintTimes(slice: ResourceSlice, { nowMs }: RequestFacts): ResourceSlice {
  const { devices } = slice.spec
  if (devices?.some(({ taints = [] }) => taints.some(({ timeAdded }) => timeAdded === undefined)) !== true) return slice
  const timed = devices.map((device) =>
    device.taints === undefined
      ? device
      : { ...device, taints: device.taints.map((taint) => ({ ...taint, timeAdded: taint.timeAdded ?? timestampOf(nowMs) })) },
  )
  return { ...slice, spec: { ...slice.spec, devices: timed } }
}

function* validateSlice({ spec }: ResourceSlice, old?: ResourceSlice): FieldErrors {
  const { driver = '', devices = [], sharedCounters = [], perDeviceNodeSelection = false } = spec
  yield* validateDriverName(driver, at.field('driver'))
  yield* validatePool(spec.pool)
  if (old !== undefined) yield* validateKept(spec, old.spec)
  yield* validatePlace(spec)
  if (devices.length > 0 && sharedCounters.length > 0) yield invalid(at, '', 'only one of `sharedCounters` or `devices` is allowed')
  const needsFewer = devices.some(({ taints = [], consumesCounters = [] }) => taints.length + consumesCounters.length > 0)
  const deviceRules = {
    countMax: needsFewer ? 64 : 128,
    validate: (device: types.Device, here: FieldPath) => validateDevice(device, perDeviceNodeSelection, here),
    key: ({ name = '' }: types.Device) => name,
  }
  yield* validateList(devices, deviceRules, at.field('devices'))
  const counterRules = { countMax: counterSetCountMax, validate: validateCounterSet, key: ({ name = '' }: types.CounterSet) => name }
  yield* validateList(sharedCounters, counterRules, at.field('sharedCounters'))
}

/** Whose slice it is does not change. */
function* validateKept(next: types.ResourceSliceSpec, old: types.ResourceSliceSpec): FieldErrors {
  yield* immutable(at.field('pool').field('name'), next.pool.name, old.pool.name)
  yield* immutable(at.field('driver'), next.driver, old.driver)
  yield* immutable(at.field('nodeName'), next.nodeName, old.nodeName)
}

function* validatePool({ name = '', generation = 0, resourceSliceCount = 0 }: types.ResourcePool): FieldErrors {
  const here = at.field('pool')
  yield* validatePoolName(name, here.field('name'))
  if (resourceSliceCount <= 0) yield invalid(here.field('resourceSliceCount'), resourceSliceCount, 'must be greater than zero')
  if (generation < 0) yield invalid(here.field('generation'), generation, 'must be greater than or equal to zero')
}

function* validatePlace({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: types.ResourceSliceSpec): FieldErrors {
  if (nodeName !== undefined) yield* validateNodeName(nodeName, at.field('nodeName'))
  if (nodeSelector !== undefined) yield* validateOneTerm(nodeSelector, at.field('nodeSelector'))
  for (const [field, value] of Object.entries({ allNodes, perDeviceNodeSelection }))
    if (value === false) yield invalid(at.field(field), value, unsetOrTrue)
  const places = Object.entries({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection })
  const chosen = places.filter(([, value]) => value !== undefined && value !== false && value !== '').map(([field]) => `\`${field}\``)
  const oneOf = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  if (chosen.length === 0) yield required(at, oneOf)
  if (chosen.length > 1) yield invalid(at, `{${chosen.join(', ')}}`, `${oneOf}, but multiple fields are set`)
}
