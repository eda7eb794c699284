/** The keys of a map in the order of their bytes in UTF-8, as Go sorts strings. */

/** JavaScript compares halves of characters; that is another order only where a character has two. */
export function sortedKeys(map: object): string[] {
  const keys = Object.keys(map).sort()
  return keys.some((key) => twoHalves.test(key)) ? keys.sort(byCodePoint) : keys
}

const twoHalves = /[\uD800-\uDFFF]/

function byCodePoint(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [left, right] = [a.codePointAt(at) ?? 0, b.codePointAt(at) ?? 0]
    if (left !== right) return left - right
  }
  return a.length - b.length
}
