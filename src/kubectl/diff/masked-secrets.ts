/** Secrets in differences: values are hidden, but it shows which of them change. Pure. */
import { type AnyObject, type Fields, fieldsOf } from '../resources/unstructured.ts'

export function maskedPair(
  before: AnyObject | undefined,
  after: AnyObject | undefined,
): readonly [AnyObject | undefined, AnyObject | undefined] {
  const [old, next] = [fieldsOf(before?.['data']), fieldsOf(after?.['data'])]
  return [withData(before, old, next, '(before)'), withData(after, next, old, '(after)')]
}

function withData(object: AnyObject | undefined, own: Fields, other: Fields, side: string): AnyObject | undefined {
  if (object?.['data'] === undefined) return object
  const shown = Object.keys(own).map((key) => [key, other[key] !== undefined && other[key] !== own[key] ? `*** ${side}` : '***'])
  return { ...object, data: Object.fromEntries(shown) }
}
