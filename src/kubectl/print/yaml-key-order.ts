/** The order of keys in kubectl's YAML: letters after everything else, runs of digits by their value. */
export function byNaturalOrder(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [one = '', other = ''] = [left[at], right[at]]
    if (one === other) continue
    const [isLetter, isOtherLetter] = [letter.test(one), letter.test(other)]
    if (isLetter && isOtherLetter) return one < other ? -1 : 1
    if (isLetter || isOtherLetter) return isOtherLetter ? -1 : 1
    return byNumber(left, right, at) || (one < other ? -1 : 1)
  }
  return left.length - right.length
}

const letter = /\p{L}/u
const digit = /\p{Nd}/u

function byNumber(left: readonly string[], right: readonly string[], at: number): number {
  // A zero inside of a number does not make it smaller: both numbers get the digits before it.
  const isInside = (left[at] === '0' || right[at] === '0') && hasNonZeroBefore(left, at)
  const [one, other] = [digitsFrom(left, at), digitsFrom(right, at)]
  const prefix = isInside ? '1' : ''
  return Math.sign(Number(`${prefix}${one}` || 0) - Number(`${prefix}${other}` || 0)) || one.length - other.length
}

function hasNonZeroBefore(text: readonly string[], at: number): boolean {
  for (let before = at - 1; before >= 0 && digit.test(text[before] ?? ''); before--) if (text[before] !== '0') return true
  return false
}

function digitsFrom(text: readonly string[], at: number): string {
  let end = at
  while (end < text.length && digit.test(text[end] ?? '')) end++
  return text.slice(at, end).join('')
}
