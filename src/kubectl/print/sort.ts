/** `--sort-by`: objects in the order of a field. */

import { tryParseQuantity } from '#meta/quantity'
import { CommandError } from '../errors.ts'
import { findValues, parseTemplate, relaxedPath } from './jsonpath.ts'

/** A copy in order; objects without the field come first. Throws where no object has it. */
export function sortedBy<T>(path: string, items: readonly T[], objectOf: (item: T) => unknown): readonly T[] {
  const template = parseTemplate(relaxedPath(path))
  const keyed = items.map((item) => ({ item, key: findValues(template, objectOf(item))[0] }))
  if (items.length > 0 && keyed.every(({ key }) => key === undefined))
    throw new CommandError(`couldn't find any field with path ${JSON.stringify(relaxedPath(path))} in the list of objects`)
  return keyed.toSorted((a, b) => compare(a.key, b.key)).map(({ item }) => item)
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareTexts(String(a), String(b))
}

function compareTexts(a: string, b: string): number {
  const [left, right] = [tryParseQuantity(a), tryParseQuantity(b)]
  if (left !== undefined && right !== undefined) return left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0
  return naturalOrder(a, b)
}

/** Runs of digits count as numbers: `pod-9` before `pod-10`. */
function naturalOrder(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [one = '', other = ''] = [left[at], right[at]]
    if (one === other) continue
    const areNumbers = /^\d/.test(one) && /^\d/.test(other)
    const difference = areNumbers ? Number(one) - Number(other) : 0
    if (difference !== 0) return difference
    return one < other ? -1 : 1
  }
  return left.length - right.length
}

function partsOf(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? []
}
