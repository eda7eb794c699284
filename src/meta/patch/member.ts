/** Members of objects that clients name: `__proto__` and `toString` are keys like any other, and no object has them by itself. */
import type { JsonObject } from '../schema/go-type.ts'

/** What the object itself holds under the key. */
export function memberOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

export function setMember(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}
