/** The bounds of a LimitRange have to fit each other (upstream: ValidateLimitRange). */
import { duplicate, type FieldErrors, FieldPath, forbiddenField, invalid, required } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { compareQuantity, quantityToNumber, tryParseQuantity } from '#meta/quantity'
import { validateResourceName } from './pod/resource-validation.ts'
import type { LimitRange, LimitRangeItem } from './types.gen.ts'

const standardTypes = ['Pod', 'Container', 'PersistentVolumeClaim']
const amountFields = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

export function* validateLimitRange({ spec }: LimitRange): FieldErrors {
  const seen = new Set<string>()
  for (const [index, item] of (spec?.limits ?? []).entries()) {
    const at = FieldPath.of('spec', 'limits').index(index)
    yield* validateType(item.type ?? '', at.field('type'))
    if (seen.has(item.type)) yield duplicate(at.field('type'), item.type)
    seen.add(item.type)
    yield* validateItem(item, at)
  }
}

function* validateType(type: string, at: FieldPath): FieldErrors {
  const problems = isQualifiedName(type)
  if (problems.length > 0) return yield* invalidEach(at, type, problems)
  if (!type.includes('/') && !standardTypes.includes(type)) yield invalid(at, type, 'must be a standard limit type or fully qualified')
}

function* validateItem(item: LimitRangeItem, at: FieldPath): FieldErrors {
  const names = new Set<string>()
  for (const field of amountFields) {
    if (item.type === 'Pod' && (field === 'default' || field === 'defaultRequest')) {
      if (Object.keys(item[field] ?? {}).length > 0) yield forbiddenField(at.field(field), "may not be specified when `type` is 'Pod'")
      continue
    }
    for (const name of Object.keys(item[field] ?? {})) {
      names.add(name)
      yield* validateResourceName(name, at.field(field).key(name), item.type === 'Pod' || item.type === 'Container')
    }
  }
  if (item.type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined) {
    yield required(at.field('limits'), 'either minimum or maximum storage value is required, but neither was provided')
  }
  for (const name of names) yield* validateOrder(item, name, at)
}

function* validateOrder(item: LimitRangeItem, name: string, at: FieldPath): FieldErrors {
  const [min, max, limit, request, ratio] = [
    item.min?.[name],
    item.max?.[name],
    item.default?.[name],
    item.defaultRequest?.[name],
    item.maxLimitRequestRatio?.[name],
  ]
  const here = (field: (typeof amountFields)[number]) => at.field(field).key(name)
  if (isGreater(min, max)) yield invalid(here('min'), min, `min value ${min} is greater than max value ${max}`)
  if (isGreater(min, request))
    yield invalid(here('defaultRequest'), request, `min value ${min} is greater than default request value ${request}`)
  if (isGreater(request, max))
    yield invalid(here('defaultRequest'), request, `default request value ${request} is greater than max value ${max}`)
  if (isGreater(request, limit))
    yield invalid(here('defaultRequest'), request, `default request value ${request} is greater than default limit value ${limit}`)
  // As upstream, these two show the bound, not the default.
  if (isGreater(min, limit)) yield invalid(here('default'), min, `min value ${min} is greater than default value ${limit}`)
  if (isGreater(limit, max)) yield invalid(here('default'), max, `default value ${limit} is greater than max value ${max}`)
  if (isGreater('1', ratio)) yield invalid(here('maxLimitRequestRatio'), ratio, `ratio ${ratio} is less than 1`)
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const most = quantityToNumber(max) / quantityToNumber(min)
    if (quantityToNumber(ratio) > most)
      yield invalid(here('maxLimitRequestRatio'), ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`)
  }
  if (name.includes('/') && limit !== undefined && request !== undefined && compareQuantity(limit, request) !== 0)
    yield invalid(here('defaultRequest'), request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`)
}

function isGreater(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || tryParseQuantity(a) === undefined || tryParseQuantity(b) === undefined) return false
  return compareQuantity(a, b) > 0
}
