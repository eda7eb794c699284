/** Equality of API values: by content, where absence and emptiness of lists, maps and structs are the same. */

export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isEmpty(a) && isEmpty(b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, index) => isSameValue(entry, b[index]))
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  return [...left.keys(), ...right.keys()].every((key) => isSameValue(left.get(key), right.get(key)))
}

/** As upstream's semantic equality: nil and empty lists and maps are equal, a pointer to zero and nil are not. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) && value.length === 0
}
