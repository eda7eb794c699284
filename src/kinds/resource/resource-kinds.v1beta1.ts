/**
 * The kinds of dynamic resource allocation as the first beta version shows them: a request tells in itself what an exact request tells
 * in the stable version, and a device has its facts under `basic`.
 */
import type { Kind } from '#meta/kind'
import { servedAs } from '../served-as.ts'
import { DeviceClass } from './device-class.kind.ts'
import { ResourceClaim } from './resource-claim.kind.ts'
import { ResourceClaimTemplate } from './resource-claim-template.kind.ts'
import { ResourceSlice } from './resource-slice.kind.ts'
import * as schemas from './schema.v1beta1.gen.ts'
import type * as stable from './types.gen.ts'
import type * as types from './types.v1beta1.gen.ts'

const apiVersion = 'resource.k8s.io/v1beta1'
const deprecation = { since: '1.35', goneIn: '1.38' }

const deviceClass: Kind<types.DeviceClass> = servedAs(DeviceClass, { apiVersion, schema: schemas.DeviceClass, deprecation })

const claim: Kind<types.ResourceClaim> = servedAs(ResourceClaim, {
  apiVersion,
  schema: schemas.ResourceClaim,
  deprecation,
  toStored: (object) => ({ ...object, spec: stableSpec(object.spec) }),
  fromStored: (stored) => ({ ...stored, spec: betaSpec(stored.spec) }),
})

const template: Kind<types.ResourceClaimTemplate> = servedAs(ResourceClaimTemplate, {
  apiVersion,
  schema: schemas.ResourceClaimTemplate,
  deprecation,
  toStored: (object) => ({ ...object, spec: { ...object.spec, spec: stableSpec(object.spec.spec) } }),
  fromStored: (stored) => ({ ...stored, spec: { ...stored.spec, spec: betaSpec(stored.spec.spec) } }),
})

const slice: Kind<types.ResourceSlice> = servedAs(ResourceSlice, {
  apiVersion,
  schema: schemas.ResourceSlice,
  deprecation,
  toStored: ({ spec, ...object }) => ({ ...object, spec: withDevices(spec, spec.devices?.map(stableDevice)) }),
  fromStored: ({ spec, ...stored }) => ({ ...stored, spec: withDevices(spec, spec.devices?.map(betaDevice)) }),
})

export const resourceKindsV1beta1: readonly Kind[] = [deviceClass, claim, template, slice]

function stableSpec({ devices, ...spec }: types.ResourceClaimSpec): stable.ResourceClaimSpec {
  return devices === undefined ? spec : { ...spec, devices: withRequests(devices, devices.requests?.map(stableRequest)) }
}

function betaSpec({ devices, ...spec }: stable.ResourceClaimSpec): types.ResourceClaimSpec {
  return devices === undefined ? spec : { ...spec, devices: withRequests(devices, devices.requests?.map(betaRequest)) }
}

function withRequests<R, C extends { readonly requests?: unknown }>(claim: C, requests: R | undefined) {
  const { requests: _, ...rest } = claim
  return requests === undefined ? rest : { ...rest, requests }
}

/** A request that tells more than its name and its alternatives is an exact one, complete or not: validation tells what it lacks. */
function stableRequest({ name, firstAvailable, deviceClassName = '', ...others }: types.DeviceRequest): stable.DeviceRequest {
  const alternatives = firstAvailable === undefined ? {} : { firstAvailable }
  const isExact = deviceClassName !== '' || Object.values(others).some((value) => value !== undefined)
  return { name, ...(isExact ? { exactly: { ...others, deviceClassName } } : {}), ...alternatives }
}

function betaRequest({ exactly, ...request }: stable.DeviceRequest): types.DeviceRequest {
  // The class is written in any case.
  return { ...request, deviceClassName: '', ...exactly }
}

function withDevices<D, S extends { readonly devices?: unknown }>(spec: S, devices: D | undefined) {
  const { devices: _, ...rest } = spec
  return devices === undefined ? rest : { ...rest, devices }
}

function stableDevice({ name, basic }: types.Device): stable.Device {
  return { name, ...basic }
}

function betaDevice({ name, ...basic }: stable.Device): types.Device {
  return { name, basic }
}
