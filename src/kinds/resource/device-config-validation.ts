/** What requests, classes and results say of devices: selectors, tolerations, taints and settings for the driver. Selectors are not compiled here. */
import { type FieldErrors, type FieldPath, invalid, notSupported, required, tooLong } from '#meta/field-path'
import { isLabelValue, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { isJsonObject } from '#meta/schema/go-type'
import { validateDriverName, validateList } from './device-names-validation.ts'
import type { DeviceSelector, DeviceTaint, DeviceToleration, OpaqueDeviceConfiguration } from './types.gen.ts'

const selectorCountMax = 32
const expressionBytesMax = 10 * 1024
const parameterBytesMax = 10 * 1024
export const configCountMax = 32
const effects = ['NoExecute', 'NoSchedule', 'None']

export function* validateSelectors(selectors: readonly DeviceSelector[] | undefined, at: FieldPath): FieldErrors {
  yield* validateList(selectors, { countMax: selectorCountMax, validate: validateSelector }, at)
}

function* validateSelector({ cel }: DeviceSelector, at: FieldPath): FieldErrors {
  if (cel === undefined) yield required(at.field('cel'))
  else if ((cel.expression ?? '').length > expressionBytesMax) yield tooLong(at.field('cel').field('expression'), expressionBytesMax)
}

export function* validateToleration({ key = '', operator = '', value = '', effect = '' }: DeviceToleration, at: FieldPath): FieldErrors {
  if (key !== '') yield* invalidEach(at.field('key'), key, isQualifiedName(key))
  if (operator !== 'Exists' && operator !== 'Equal') yield notSupported(at.field('operator'), operator, ['Equal', 'Exists'])
  if (operator === 'Exists' && value !== '') yield invalid(at.field('value'), value, 'must be empty for operator `Exists`')
  if (operator === 'Equal') yield* invalidEach(at.field('value'), value, isLabelValue(value))
  if (effect !== '' && !effects.includes(effect)) yield notSupported(at.field('effect'), effect, effects)
}

export function* validateTaint({ key = '', value = '', effect = '' }: DeviceTaint, at: FieldPath): FieldErrors {
  yield* invalidEach(at.field('key'), key, isQualifiedName(key))
  if (value !== '') yield* invalidEach(at.field('value'), value, isLabelValue(value))
  if (effect === '') yield required(at.field('effect'))
  else if (!effects.includes(effect)) yield notSupported(at.field('effect'), effect, effects)
}

export function* validateConfig({ opaque }: { readonly opaque?: OpaqueDeviceConfiguration }, at: FieldPath): FieldErrors {
  if (opaque === undefined) return yield required(at.field('opaque'))
  yield* validateDriverName(opaque.driver ?? '', at.field('opaque').field('driver'))
  yield* validateParameters(opaque.parameters, at.field('opaque').field('parameters'))
}

function* validateParameters(parameters: unknown, at: FieldPath): FieldErrors {
  if (parameters === undefined || parameters === null) yield required(at)
  else yield* validateRawObject(parameters, at)
}

/** An object of a driver's own, which errors do not show. */
export function* validateRawObject(object: unknown, at: FieldPath): FieldErrors {
  if (JSON.stringify(object).length > parameterBytesMax) yield tooLong(at, parameterBytesMax)
  else if (!isJsonObject(object)) yield invalid(at, '<value omitted>', 'must be a valid JSON object')
}
