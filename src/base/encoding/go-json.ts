/**
 * JSON as Go's encoder writes it, byte for byte: no characters that HTML would trip over, and the keys of maps in text order even
 * where JavaScript keeps keys that look like indexes in front. Keys of structs never look like that.
 */
import { sortedKeys } from '../collections/sorted-keys.ts'

/** The text without a line break; `undefined` inside of objects is absence. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!needsWork.test(text)) return text
  return escaped(indexKey.test(text) ? ordered(value) : text)
}

const encoder = new TextEncoder()

/** The bytes of an answer: upstream ends each with a line break. */
export function goJsonLine(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${goJson(value)}\n`)
}

const indexKey = /"\d{1,10}":/
const needsWork = /[<>&\u2028\u2029]|"\d{1,10}":|\\ud[89a-f]/

/** Of a text of JSON: characters that Go escapes, and halves of characters, which Go does not keep. */
function escaped(text: string): string {
  return text.replaceAll(/[<>&\u2028\u2029]|\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (found) => {
    if (found.length === 1) return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
    return found.length === 6 ? '\ufffd' : found
  })
}

/** As `JSON.stringify`, but the keys of an object of which one is an index stand in text order. */
function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => ordered(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null || isRaw(value)) return JSON.stringify(value)
  const members = value as Readonly<Record<string, unknown>>
  const written = goKeys(value)
    .filter((key) => members[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${ordered(members[key])}`)
  return `{${written.join(',')}}`
}

/** The keys of an object in the order in which Go would write them, as far as JavaScript has not lost it. */
export function goKeys(object: object): readonly string[] {
  const keys = Object.keys(object)
  return isIndex.test(keys[0] ?? '') ? sortedKeys(object) : keys
}

const isIndex = /^\d{1,10}$/

/** Digits that a number could not hold. The compiler's library does not know the function yet. */
function isRaw(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: object): boolean }).isRawJSON(value)
}

/** JSON text, which must be well-formed and without space, set out in lines as Go does it for people. */
export function indented(text: string): string {
  let [result, depth, from] = ['', 0, 0]
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      at = endOfString(text, at)
    } else if (character === '{' || character === '[') {
      if (text[at + 1] === '}' || text[at + 1] === ']') at++
      else [result, from] = [`${result}${text.slice(from, at + 1)}\n${'  '.repeat(++depth)}`, at + 1]
    } else if (character === '}' || character === ']') {
      ;[result, from] = [`${result}${text.slice(from, at)}\n${'  '.repeat(--depth)}`, at]
    } else if (character === ',') {
      ;[result, from] = [`${result}${text.slice(from, at + 1)}\n${'  '.repeat(depth)}`, at + 1]
    } else if (character === ':') {
      ;[result, from] = [`${result}${text.slice(from, at + 1)} `, at + 1]
    }
  }
  return result + text.slice(from)
}

/** Where the closing quote stands. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
