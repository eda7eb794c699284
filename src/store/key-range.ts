/** Ranges of keys as half-open intervals. */
import type { KeyRange } from './store.ts'

/** From `from` up to but without `to`; without `to`, up to the last key. */
export type Interval = { readonly from: string; readonly to: string | undefined }

/** The interval of a range, cut to what lies behind `afterKey`. */
export function intervalOf(range: KeyRange, afterKey?: string): Interval {
  const { from, to } = 'prefix' in range ? { from: range.prefix, to: prefixEnd(range.prefix) } : range
  if (afterKey === undefined) return { from, to }
  const behind = `${afterKey}\u0000`
  return { from: behind > from ? behind : from, to }
}

/** The smallest string that is greater than every string with the prefix; undefined if there is none. */
function prefixEnd(prefix: string): string | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const unit = prefix.charCodeAt(end - 1)
    if (unit < 0xffff) return prefix.slice(0, end - 1) + String.fromCharCode(unit + 1)
  }
  return undefined
}
