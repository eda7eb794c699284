/** What a driver may say of a device that it offers (upstream: validateDevice). */
import { duplicate, type FieldErrors, type FieldPath, forbiddenField, invalid, required, tooLong, tooMany } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateNodeSelector } from '../core/pod/affinity-validation.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateTaint } from './device-config-validation.ts'
import { validateAttributeName, validateDeviceName, validateList } from './device-names-validation.ts'
import * as schemas from './schema.gen.ts'
import type { CounterSet, Device, DeviceAttribute, DeviceCounterConsumption } from './types.gen.ts'

const traitCountMax = 32
const taintCountMax = 16
const counterSetCountMax = 2
const textBytesMax = 64
const conditionCountMax = 4

export function* validateDevice(device: Device, isPlacedAlone: boolean, at: FieldPath): FieldErrors {
  const { name = '', attributes = {}, capacity = {}, taints, consumesCounters } = device
  yield* validateDeviceName(name, at.field('name'))
  const traitCount = Object.keys(attributes).length + Object.keys(capacity).length
  if (traitCount > traitCountMax)
    yield invalid(at, traitCount, `the total number of attributes and capacities must not exceed ${traitCountMax}`)
  for (const [key, attribute] of Object.entries(attributes)) {
    yield* validateAttributeName(key, at.field('attributes'))
    yield* validateAttribute(attribute, at.field('attributes').key(key))
  }
  for (const [key, { requestPolicy }] of Object.entries(capacity)) {
    yield* validateAttributeName(key, at.field('capacity'))
    if (requestPolicy !== undefined && device.allowMultipleAllocations !== true)
      yield forbiddenField(at.field('capacity').key(key).field('requestPolicy'), 'allowMultipleAllocations must be true')
  }
  yield* validateList(taints, { countMax: taintCountMax, validate: validateTaint }, at.field('taints'))
  const rules = {
    countMax: counterSetCountMax,
    validate: validateConsumption,
    key: ({ counterSet }: DeviceCounterConsumption) => counterSet,
  }
  yield* validateList(consumesCounters, rules, at.field('consumesCounters'))
  yield* validateBinding(device, at)
  yield* validatePlace(device, isPlacedAlone, at)
}

/** What has to come true before a device is bound goes with what says that it will not. */
function* validateBinding({ bindingConditions = [], bindingFailureConditions = [] }: Device, at: FieldPath): FieldErrors {
  const fields = { bindingConditions, bindingFailureConditions }
  for (const [field, names] of Object.entries(fields)) yield* validateConditionNames(names, at.field(field))
  for (const [field, names] of Object.entries(fields))
    for (const [index, name] of names.entries()) if (names.indexOf(name) < index) yield duplicate(at.field(field).index(index), name)
  for (const [field, other] of [
    ['bindingFailureConditions', 'bindingConditions'],
    ['bindingConditions', 'bindingFailureConditions'],
  ] as const)
    if (fields[field].length === 0 && fields[other].length > 0)
      yield invalid(at.field(field), undefined, `${field} are required to use ${other}`)
}

function* validateConditionNames(names: readonly string[], at: FieldPath): FieldErrors {
  if (names.length > conditionCountMax) yield tooMany(at, names.length, conditionCountMax)
  else for (const [index, name] of names.entries()) yield* invalidEach(at.index(index), name, isQualifiedName(name))
}

/** Exactly one of the values is set. */
function* validateAttribute(attribute: DeviceAttribute, at: FieldPath): FieldErrors {
  const count = Object.values(attribute).filter((value) => value !== undefined).length
  const shown = count === 0 ? '' : internalForm(schemas.DeviceAttribute, attribute)
  if ((attribute.string ?? '').length > textBytesMax) yield tooLong(at.field('string'), textBytesMax)
  if (attribute.version !== undefined) yield* validateVersion(attribute.version, at.field('version'))
  if (count !== 1) yield invalid(at, shown, 'exactly one value must be specified')
}

const part = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)'
const semanticVersion = new RegExp(
  `^(?:0|[1-9][0-9]*)(?:\\.(?:0|[1-9][0-9]*)){2}(?:-${part}(?:\\.${part})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
)

function* validateVersion(version: string, at: FieldPath): FieldErrors {
  if (!semanticVersion.test(version)) yield invalid(at, version, 'must be a string compatible with semver.org spec 2.0.0')
  if (version.length > textBytesMax) yield tooLong(at, textBytesMax)
}

function* validateConsumption({ counterSet = '', counters = {} }: DeviceCounterConsumption, at: FieldPath): FieldErrors {
  if (counterSet === '') yield required(at.field('counterSet'))
  if (Object.keys(counters).length === 0) yield required(at.field('counters'))
}

export function* validateCounterSet({ name = '', counters = {} }: CounterSet, at: FieldPath): FieldErrors {
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isDns1123Label(name))
  if (Object.keys(counters).length === 0) yield required(at.field('counters'))
  for (const key of Object.keys(counters)) yield* invalidEach(at.field('counters'), key, isDns1123Label(key))
}

const places = '`nodeName`, `nodeSelector`, or `allNodes`'
const perDevice = '`perDeviceNodeSelection` is set to true in the ResourceSlice spec'

/** Where a device can be used is said once for its slice, or for each device alone. */
function* validatePlace({ nodeName, nodeSelector, allNodes }: Device, isPlacedAlone: boolean, at: FieldPath): FieldErrors {
  const given = Object.entries({ nodeName, nodeSelector, allNodes }).filter(([, value]) => value !== undefined)
  if (!isPlacedAlone) {
    if (given.length > 0) yield invalid(at, undefined, `\`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if ${perDevice}`)
    return
  }
  if (nodeName !== undefined) yield* validateNodeName(nodeName, at.field('nodeName'))
  if (nodeSelector !== undefined) yield* validateNodeSelector(nodeSelector, at.field('nodeSelector'))
  if (allNodes === false) yield invalid(at.field('allNodes'), false, unsetOrTrue)
  const chosen = given.filter(([, value]) => value !== false && value !== '').map(([field]) => `\`${field}\``)
  const oneOf = `exactly one of ${places} is required when ${perDevice}`
  if (chosen.length === 0) yield required(at, oneOf)
  if (chosen.length > 1) yield invalid(at, `{${chosen.join(', ')}}`, oneOf)
}

export const unsetOrTrue = 'must be either unset or set to true'

export function* validateNodeName(name: string, at: FieldPath): FieldErrors {
  if (name === '') yield invalid(at, name, 'must be either unset or set to a non-empty string')
  else yield* invalidEach(at, name, isDns1123Subdomain(name))
}

export function* validateOneTerm(selector: NonNullable<Device['nodeSelector']>, at: FieldPath): FieldErrors {
  yield* validateNodeSelector(selector, at)
  const terms = selector.nodeSelectorTerms ?? []
  if (terms.length === 1) return
  const items = schemas.Device.properties?.['nodeSelector']?.properties?.['nodeSelectorTerms'] ?? schemas.Device
  const shown = terms.length === 0 ? null : internalForm(items, terms)
  yield invalid(at.field('nodeSelectorTerms'), shown, 'must have exactly one node selector term')
}
