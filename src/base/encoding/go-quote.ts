/** A text as Go's `%q` shows it: printable characters as they are, all others by their escapes. */

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u

/** With the quotes around it. Halves of characters become U+FFFD, as where Go reads them. */
export function goQuote(text: string): string {
  if (plain.test(text)) return `"${text}"`
  return `"${Array.from(text.toWellFormed(), escaped).join('')}"`
}

function escaped(character: string): string {
  const short = Object.hasOwn(shortEscapes, character) ? shortEscapes[character] : undefined
  if (short !== undefined) return short
  if (printable.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const digits = (count: number) => code.toString(16).padStart(count, '0')
  if (code < 0x80) return `\\x${digits(2)}`
  return code < 0x10000 ? `\\u${digits(4)}` : `\\U${digits(8)}`
}
