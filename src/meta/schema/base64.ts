/** Base64 as Go reads it: standard alphabet, padding required, line breaks ignored. */

const wellFormed = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The text without line breaks; throws with the offset of the first byte that is wrong. */
export function canonicalBase64(text: string): string {
  if (wellFormed.test(text)) return text
  const joined = text.replaceAll(/[\r\n]/g, '')
  if (wellFormed.test(joined)) return joined
  throw new Error(`illegal base64 data at input byte ${faultOf(text)}`)
}

/** Offset of the first byte outside of the alphabet; where only the end is wrong, where the last quantum begins to lack. */
function faultOf(text: string): number {
  const bad = text.search(/[^A-Za-z0-9+/\r\n]/)
  if (bad < 0) return text.length - (text.replaceAll(/[\r\n]/g, '').length % 4)
  const before = text.slice(0, bad).replaceAll(/[\r\n]/g, '').length % 4
  if (text[bad] !== '=' || before < 2) return bad
  return before === 2 && text[bad + 1] !== '=' ? bad + 1 : bad + (before === 2 ? 2 : 1)
}
