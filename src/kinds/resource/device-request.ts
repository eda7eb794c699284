/** What claims and their templates share: requests for devices, filled up and validated. */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { DeviceConstraint, DeviceRequest, DeviceSubRequest, ExactDeviceRequest, ResourceClaimSpec } from './types.gen.ts'

/** As upstream: a request that says nothing else is for exactly one device. */
export function withRequestDefaults(spec: ResourceClaimSpec): ResourceClaimSpec {
  const requests = spec.devices?.requests
  return requests === undefined ? spec : { ...spec, devices: { ...spec.devices, requests: requests.map(filledUp) } }
}

function filledUp(request: DeviceRequest): DeviceRequest {
  const { exactly, firstAvailable } = request
  return {
    ...request,
    ...(exactly === undefined ? {} : { exactly: withCount(exactly) }),
    ...(firstAvailable === undefined ? {} : { firstAvailable: firstAvailable.map(withCount) }),
  }
}

function withCount<T extends ExactDeviceRequest | DeviceSubRequest>(request: T): T {
  const allocationMode = request.allocationMode ?? 'ExactCount'
  return { ...request, allocationMode, ...(allocationMode === 'ExactCount' ? { count: request.count ?? 1 } : {}) }
}

export function* validateRequests({ devices }: ResourceClaimSpec, spec: FieldPath): FieldErrors {
  const at = spec.field('devices').field('requests')
  const names = new Set<string>()
  for (const [index, request] of (devices?.requests ?? []).entries()) {
    if (names.has(request.name)) yield duplicate(at.index(index), request.name)
    names.add(request.name)
    yield* validateRequest(request, at.index(index))
  }
  for (const [index, constraint] of (devices?.constraints ?? []).entries())
    yield* validateConstraint(constraint, devices?.requests ?? [], spec.field('devices').field('constraints').index(index))
}

/** A constraint binds the requests that it names, or all, by an attribute of a driver. */
function* validateConstraint(constraint: DeviceConstraint, requests: readonly DeviceRequest[], at: FieldPath): FieldErrors {
  const choices = requests.flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((choice) => `${name}/${choice.name}`)])
  const problem = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
  for (const [index, name] of (constraint.requests ?? []).entries())
    if (!choices.includes(name)) yield invalid(at.field('requests').index(index), name, problem)
  for (const field of ['matchAttribute', 'distinctAttribute'] as const) {
    const attribute = constraint[field]
    if (attribute !== undefined && !attribute.includes('/'))
      yield invalid(at.field(field), attribute, 'a fully qualified name must be a domain and a name separated by a slash')
  }
}

function* validateRequest({ name, exactly, firstAvailable = [] }: DeviceRequest, at: FieldPath): FieldErrors {
  yield* validateName(name, at.field('name'))
  if (exactly !== undefined && firstAvailable.length > 0)
    yield invalid(at, undefined, 'exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set')
  if (exactly === undefined && firstAvailable.length === 0) yield required(at, 'exactly one of `exactly` or `firstAvailable` is required')
  if (exactly !== undefined) yield* validateChoice(exactly, at.field('exactly'))
  for (const [index, choice] of firstAvailable.entries()) {
    const place = at.field('firstAvailable').index(index)
    yield* validateName(choice.name, place.field('name'))
    yield* validateChoice(choice, place)
  }
}

function* validateName(name: string, at: FieldPath): FieldErrors {
  if (name === '') yield required(at)
  else yield* invalidEach(at, name, isDns1123Label(name))
}

const allocationModes = ['All', 'ExactCount']

function* validateChoice(choice: ExactDeviceRequest | DeviceSubRequest, at: FieldPath): FieldErrors {
  const { deviceClassName, allocationMode = '', count = 0 } = choice
  if (deviceClassName === '') yield required(at.field('deviceClassName'))
  else yield* invalidEach(at.field('deviceClassName'), deviceClassName, isDns1123Subdomain(deviceClassName))
  if (!allocationModes.includes(allocationMode)) yield notSupported(at.field('allocationMode'), allocationMode, allocationModes)
  if (allocationMode === 'All' && count !== 0) yield invalid(at.field('count'), count, "must not be specified when allocationMode is 'All'")
  if (allocationMode === 'ExactCount' && count <= 0) yield invalid(at.field('count'), count, 'must be greater than zero')
}
