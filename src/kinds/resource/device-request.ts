/** What claims and their templates share: requests for devices, filled up and validated. */
import { type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { configCountMax, validateConfig, validateSelectors, validateToleration } from './device-config-validation.ts'
import { validateFullAttributeName, validateList } from './device-names-validation.ts'
import type {
  DeviceClaim,
  DeviceClaimConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSubRequest,
  ExactDeviceRequest,
  ResourceClaimSpec,
} from './types.gen.ts'

const requestCountMax = 32
const choiceCountMax = 8
const constraintCountMax = 32

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

export function* validateRequests({ devices = {} }: ResourceClaimSpec, spec: FieldPath): FieldErrors {
  const at = spec.field('devices')
  const names = requestNamesOf(devices)
  yield* validateList(
    devices.requests,
    { countMax: requestCountMax, validate: validateRequest, key: ({ name = '' }) => name },
    at.field('requests'),
  )
  const constraintRules = {
    countMax: constraintCountMax,
    validate: (one: DeviceConstraint, here: FieldPath) => validateConstraint(one, names, here),
  }
  yield* validateList(devices.constraints, constraintRules, at.field('constraints'))
  const configRules = {
    countMax: configCountMax,
    validate: (one: DeviceClaimConfiguration, here: FieldPath) => validateClaimConfig(one, names, here),
  }
  yield* validateList(devices.config, configRules, at.field('config'))
}

/** What may stand where a request is named: its name, or one of its choices. */
export function requestNamesOf({ requests = [] }: DeviceClaim): ReadonlySet<string> {
  return new Set(requests.flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((choice) => `${name}/${choice.name}`)]))
}

export function* validateRequestName(name: string, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  const problem = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
  const segments = name.split('/')
  const bad = segments.flatMap((segment) => isDns1123Label(segment).map((message) => invalid(at, segment, message)))
  if (segments.length > 2 || bad.length > 0) yield* bad
  if (!names.has(name)) yield invalid(at, name, problem)
}

/** Names of requests, each of them once. */
export function* validateRequestNames(given: readonly string[] | undefined, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  const rules = {
    countMax: requestCountMax,
    validate: (name: string, here: FieldPath) => validateRequestName(name, names, here),
    key: (name: string) => name,
  }
  yield* validateList(given, rules, at)
}

/** A constraint binds the requests that it names, or all, by an attribute of a driver. */
function* validateConstraint(
  { requests, matchAttribute, distinctAttribute }: DeviceConstraint,
  names: ReadonlySet<string>,
  at: FieldPath,
): FieldErrors {
  yield* validateRequestNames(requests, names, at.field('requests'))
  if (matchAttribute !== undefined) yield* validateFullAttributeName(matchAttribute, at.field('matchAttribute'))
  else if (distinctAttribute !== undefined) yield* validateFullAttributeName(distinctAttribute, at.field('distinctAttribute'))
  // As upstream, in so many words.
  else yield required(at, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set')
}

function* validateClaimConfig(config: DeviceClaimConfiguration, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  yield* validateRequestNames(config.requests, names, at.field('requests'))
  yield* validateConfig(config, at)
}

function* validateRequest({ name = '', exactly, firstAvailable = [] }: DeviceRequest, at: FieldPath): FieldErrors {
  yield* invalidEach(at.field('name'), name, isDns1123Label(name))
  if (exactly !== undefined && firstAvailable.length > 0)
    yield invalid(at, undefined, 'exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set')
  else if (exactly !== undefined) yield* validateChoice(exactly, at.field('exactly'))
  else if (firstAvailable.length > 0) {
    const rules = { countMax: choiceCountMax, validate: validateNamedChoice, key: (choice: DeviceSubRequest) => choice.name }
    yield* validateList(firstAvailable, rules, at.field('firstAvailable'))
  } else yield required(at, 'exactly one of `exactly` or `firstAvailable` is required')
}

function* validateNamedChoice(choice: DeviceSubRequest, at: FieldPath): FieldErrors {
  yield* invalidEach(at.field('name'), choice.name, isDns1123Label(choice.name))
  yield* validateChoice(choice, at)
}

const allocationModes = ['All', 'ExactCount']

function* validateChoice(choice: ExactDeviceRequest | DeviceSubRequest, at: FieldPath): FieldErrors {
  const { deviceClassName = '', selectors, allocationMode = '', count = 0, tolerations = [] } = choice
  if (deviceClassName === '') yield required(at.field('deviceClassName'))
  else yield* invalidEach(at.field('deviceClassName'), deviceClassName, isDns1123Subdomain(deviceClassName))
  yield* validateSelectors(selectors, at.field('selectors'))
  if (!allocationModes.includes(allocationMode)) yield notSupported(at.field('allocationMode'), allocationMode, allocationModes)
  if (allocationMode === 'All' && count !== 0) yield invalid(at.field('count'), count, "must not be specified when allocationMode is 'All'")
  if (allocationMode === 'ExactCount' && count <= 0) yield invalid(at.field('count'), count, 'must be greater than zero')
  for (const [index, toleration] of tolerations.entries()) yield* validateToleration(toleration, at.field('tolerations').index(index))
}
