/**
 * Walks JSON text without building values. Tells what `JSON.parse` cannot: duplicate keys, and errors
 * in the words of Go's decoder. Nesting is kept on a list, so that no input can exhaust the stack.
 */

/** What is wrong with a text, in upstream's words. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
}

/** As upstream's decoder: deeper input is refused. */
export const jsonDepthMax = 10_000

/** Paths such as `spec.containers[0].name` of keys that an object has twice; throws a JsonError where the text is no JSON. */
export function duplicateKeys(text: string): readonly string[] {
  return new Scanner(text).run()
}

/** A member of an object, in the order of the text. */
export type Member = { readonly path: string; readonly isRepeated: boolean }

/** Every member; for text that is known to be JSON. */
export function membersOf(text: string): readonly Member[] {
  const members: Member[] = []
  new Scanner(text, members).run()
  return members
}

/** An open object or array; `keys` of an object, `index` of an array. */
type Level = { readonly keys: Set<string> | undefined; key: string; index: number }

class Scanner {
  readonly #text: string
  readonly #levels: Level[] = []
  readonly #duplicates = new Set<string>()
  readonly #members: Member[] | undefined
  #at = 0

  constructor(text: string, members?: Member[]) {
    this.#text = text
    this.#members = members
  }

  run(): readonly string[] {
    this.#value()
    while (this.#levels.length > 0) this.#next()
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value')
    return [...this.#duplicates]
  }

  /** Behind a value or an opening bracket: the next member of the innermost level, or its end. */
  #next(): void {
    const level = this.#levels[this.#levels.length - 1]
    if (level?.keys !== undefined) this.#member(level, level.keys)
    else if (level !== undefined) this.#element(level)
  }

  #member(level: Level, keys: Set<string>): void {
    const isFirst = level.index === 0
    if (this.#closes('}', isFirst, 'after object key:value pair')) return
    this.#skipSpace()
    if (this.#text[this.#at] !== '"') throw this.#unexpected('looking for beginning of object key string')
    const key = this.#string()
    level.key = key
    level.index++
    if (keys.has(key)) this.#duplicates.add(this.#path())
    this.#members?.push({ path: this.#path(), isRepeated: keys.has(key) })
    keys.add(key)
    this.#skipSpace()
    if (this.#text[this.#at] !== ':') throw this.#unexpected('after object key')
    this.#at++
    this.#value()
  }

  #element(level: Level): void {
    const isFirst = level.index < 0
    if (this.#closes(']', isFirst, 'after array element')) return
    level.index++
    this.#value()
  }

  /** Takes the closing bracket, or the comma before a further member. */
  #closes(bracket: string, isFirst: boolean, context: string): boolean {
    this.#skipSpace()
    const next = this.#text[this.#at]
    if (next === bracket) {
      this.#at++
      this.#levels.pop()
      return true
    }
    if (isFirst) return false
    if (next !== ',') throw this.#unexpected(context)
    this.#at++
    return false
  }

  #value(): void {
    this.#skipSpace()
    const first = this.#text[this.#at]
    if (first === '{') this.#open({ keys: new Set(), key: '', index: 0 })
    else if (first === '[') this.#open({ keys: undefined, key: '', index: -1 })
    else if (first === '"') this.#string()
    else if (first === 't') this.#word('true')
    else if (first === 'f') this.#word('false')
    else if (first === 'n') this.#word('null')
    else if (first === '-' || isDigit(first)) this.#number()
    else throw this.#unexpected('looking for beginning of value')
  }

  #open(level: Level): void {
    this.#at++
    if (this.#levels.push(level) > jsonDepthMax) throw new JsonError(`invalid character '${this.#text[this.#at - 1]}' exceeded max depth`)
  }

  #string(): string {
    const start = this.#at++
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === quote) break
      if (Number.isNaN(code) || code < 0x20) throw this.#unexpected('in string literal')
      if (code === backslash) this.#escape()
      this.#at++
    }
    this.#at++
    const raw = this.#text.slice(start + 1, this.#at - 1)
    return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
  }

  #escape(): void {
    this.#at++
    if (this.#text[this.#at] === 'u') {
      for (let digit = 0; digit < 4; digit++) {
        this.#at++
        if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) throw this.#unexpected('in \\u hexadecimal character escape')
      }
    } else if (!'"\\/bfnrt'.includes(this.#text[this.#at] ?? '?')) {
      throw this.#unexpected('in string escape code')
    }
  }

  #word(word: string): void {
    for (const letter of word) {
      if (this.#text[this.#at] !== letter) throw this.#unexpected(`in literal ${word} (expecting '${letter}')`)
      this.#at++
    }
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at++
    if (this.#text[this.#at] === '0') this.#at++
    else this.#digits('in numeric literal')
    if (this.#text[this.#at] === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (this.#text[this.#at] !== 'e' && this.#text[this.#at] !== 'E') return
    this.#at++
    if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++
    this.#digits('in exponent of numeric literal')
  }

  #digits(context: string): void {
    if (!isDigit(this.#text[this.#at])) throw this.#unexpected(context)
    while (isDigit(this.#text[this.#at])) this.#at++
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++
  }

  #path(): string {
    return this.#levels.map(({ keys, key, index }, depth) => (keys === undefined ? `[${index}]` : depth === 0 ? key : `.${key}`)).join('')
  }

  #unexpected(context: string): JsonError {
    const character = this.#text.codePointAt(this.#at)
    // As upstream, which puts a space behind the end: where space is allowed, more is missing.
    if (character === undefined && !spaceless.test(context)) return new JsonError('unexpected end of JSON input')
    return new JsonError(`invalid character ${quoted(character ?? 0x20)} ${context}`)
  }
}

const spaceless = /literal \w+ \(|numeric literal|escape/
const quote = 0x22
const backslash = 0x5c

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** Go's decoder sees bytes: of a character beyond ASCII it shows the first byte as if that were one. */
function quoted(character: number): string {
  if (character === 0x27) return "'\\''"
  if (character === 0x22) return `'"'`
  const [byte = 0] = new TextEncoder().encode(String.fromCodePoint(character))
  if (byte >= 0xa0) return `'${String.fromCharCode(byte)}'`
  if (byte >= 0x7f) return `'\\u00${byte.toString(16)}'`
  return `'${goEscapes[byte] ?? (byte < 0x20 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte))}'`
}

const goEscapes: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' }
