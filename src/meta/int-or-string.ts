/** Numbers that may be given as a share of a whole: `3` or `25%`. */
import { isPercent } from './names.ts'
import type { IntOrString } from './types.gen.ts'

/** The number that `value` means of `total`; undefined where it is neither a number nor a percentage. */
export function scaledValue(value: IntOrString, total: number, rounding: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value
  const percent = percentOf(value)
  if (percent === undefined) return undefined
  const share = (percent * total) / 100
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share)
}

/** The number before the `%`; undefined where `value` is no percentage. */
export function percentOf(value: IntOrString): number | undefined {
  return typeof value === 'string' && isPercent(value).length === 0 ? Number(value.slice(0, -1)) : undefined
}
