/** What the status of a claim may say: what is allocated stays, and only what is allocated is used (upstream: ValidateResourceClaimStatusUpdate). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required, tooLong, tooMany } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateConditions } from '../conditions-validation.ts'
import { validateNodeSelector } from '../core/pod/affinity-validation.ts'
import { interfaceAddressProblems } from '../ip-address.ts'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateConfig, validateRawObject } from './device-config-validation.ts'
import { validateDeviceName, validateDriverName, validateList, validatePoolName } from './device-names-validation.ts'
import { requestNamesOf, validateRequestName, validateRequestNames } from './device-request.ts'
import * as schemas from './schema.gen.ts'
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaim,
  ResourceClaimConsumerReference,
} from './types.gen.ts'

const at = FieldPath.of('status')
const consumerCountMax = 256
const resultCountMax = 32
const conditionCountMax = 8

export function* validateClaimStatus({ metadata, spec, status }: ResourceClaim, { status: old }: ResourceClaim): FieldErrors {
  const { reservedFor = [], allocation, devices } = status
  const consumers = at.field('reservedFor')
  yield* validateList(reservedFor, { countMax: consumerCountMax, validate: validateConsumer, key: ({ uid }) => uid }, consumers)
  yield* validateDevices(devices ?? [], allocation)
  if (reservedFor.length > 0 && allocation === undefined)
    yield forbiddenField(consumers, 'may not be specified when `allocated` is not set')
  else if (
    metadata.deletionTimestamp !== undefined &&
    reservedFor.some((one) => !old.reservedFor?.some((other) => isSameValue(one, other)))
  )
    yield forbiddenField(consumers, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')
  const here = at.field('allocation')
  if (allocation === undefined) return
  if (old.allocation === undefined) yield* validateAllocation(allocation, requestNamesOf(spec.devices ?? {}), here)
  else if (!isSameValue(allocation, old.allocation))
    yield invalid(here, internalForm(schemas.AllocationResult, allocation), 'field is immutable')
}

function* validateConsumer({ apiGroup = '', resource, name, uid }: ResourceClaimConsumerReference, at: FieldPath): FieldErrors {
  if (apiGroup !== '') yield* invalidEach(at.field('apiGroup'), apiGroup, isDns1123Subdomain(apiGroup))
  for (const [field, value] of Object.entries({ resource, name, uid })) if ((value ?? '') === '') yield required(at.field(field))
}

function* validateAllocation({ devices, nodeSelector }: AllocationResult, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  const resultRules = {
    countMax: resultCountMax,
    validate: (one: DeviceRequestAllocationResult, here: FieldPath) => validateResult(one, names, here),
  }
  yield* validateList(devices?.results, resultRules, at.field('devices').field('results'))
  const configRules = {
    countMax: 2 * resultCountMax,
    validate: (one: DeviceAllocationConfiguration, here: FieldPath) => validateAllocationConfig(one, names, here),
  }
  yield* validateList(devices?.config, configRules, at.field('devices').field('config'))
  if (nodeSelector !== undefined) yield* validateNodeSelector(nodeSelector, at.field('nodeSelector'))
}

function* validateResult(result: DeviceRequestAllocationResult, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  yield* validateRequestName(result.request ?? '', names, at.field('request'))
  yield* validateIdentity(result, at)
}

function* validateIdentity({ driver = '', pool = '', device = '' }: Partial<DeviceRequestAllocationResult>, at: FieldPath): FieldErrors {
  yield* validateDriverName(driver, at.field('driver'))
  yield* validatePoolName(pool, at.field('pool'))
  yield* validateDeviceName(device, at.field('device'))
}

function* validateAllocationConfig(config: DeviceAllocationConfiguration, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  const { source = '' } = config
  const sources = ['FromClaim', 'FromClass']
  if (source === '') yield required(at.field('source'))
  else if (!sources.includes(source)) yield notSupported(at.field('source'), source, sources)
  yield* validateRequestNames(config.requests, names, at.field('requests'))
  yield* validateConfig(config, at)
}

/** What is said of a device goes with its allocation. */
export function withoutFreedDevices(next: ResourceClaim, old: ResourceClaim): ResourceClaim {
  const { devices, allocation } = next.status
  const kept = allocatedIds(allocation)
  const freed = [...allocatedIds(old.status.allocation)].filter((id) => !kept.has(id))
  if (devices === undefined || freed.length === 0) return next
  const left = devices.filter((device) => !freed.includes(JSON.stringify(idOf(device))))
  return { ...next, status: { ...next.status, devices: left.length === 0 ? undefined : left } }
}

function allocatedIds(allocation: AllocationResult | undefined): ReadonlySet<string> {
  return new Set((allocation?.devices?.results ?? []).map((result) => JSON.stringify(idOf(result))))
}

type DeviceId = Pick<AllocatedDeviceStatus, 'driver' | 'pool' | 'device' | 'shareID'>

function* validateDevices(devices: readonly AllocatedDeviceStatus[], allocation: AllocationResult | undefined): FieldErrors {
  const allocated = allocatedIds(allocation)
  const rules = {
    countMax: Number.POSITIVE_INFINITY,
    validate: (device: AllocatedDeviceStatus, here: FieldPath) => validateDeviceStatus(device, allocated, here),
    key: (device: AllocatedDeviceStatus) => JSON.stringify(idOf(device)),
    shown: idOf,
  }
  yield* validateList(devices, rules, at.field('devices'))
}

function idOf({ driver, pool, device, shareID = '' }: DeviceId): object {
  return { Driver: driver, Pool: pool, Device: device, ShareID: shareID }
}

function* validateDeviceStatus(device: AllocatedDeviceStatus, allocated: ReadonlySet<string>, at: FieldPath): FieldErrors {
  const { conditions = [], data, networkData } = device
  yield* validateIdentity(device, at)
  if (!allocated.has(JSON.stringify(idOf(device)))) yield invalid(at, idOf(device), 'must be an allocated device in the claim')
  if (conditions.length > conditionCountMax) yield tooMany(at.field('conditions'), conditions.length, conditionCountMax)
  yield* validateConditions(conditions, at.field('conditions'))
  if (data !== undefined) yield* validateRawObject(data, at.field('data'))
  yield* validateNetworkData(networkData ?? {}, at.field('networkData'))
}

function* validateNetworkData({ interfaceName = '', hardwareAddress = '', ips }: NetworkDeviceData, at: FieldPath): FieldErrors {
  if (interfaceName.length > 256) yield tooLong(at.field('interfaceName'), 256)
  if (hardwareAddress.length > 128) yield tooLong(at.field('hardwareAddress'), 128)
  yield* validateList(ips, { countMax: 16, validate: validateInterfaceAddress, key: (ip) => ip }, at.field('ips'))
}

function* validateInterfaceAddress(text: string, at: FieldPath): FieldErrors {
  yield* invalidEach(at, text, interfaceAddressProblems(text))
}
