/** YAML byte for byte as Go's writer puts it: keys in natural order, lists not indented in maps. */
import { scalarText } from './yaml-scalar.ts'

const step = 2
/** Longer keys stand behind a question mark. */
const simpleKeyMax = 128

/** A JSON value as a document, ending in a line break. */
export function writeYaml(value: unknown): string {
  return `${node(value, { column: 0, indent: -step, isInMap: false }).replace(/^\n/, '')}\n`
}

/** `indent` is that of what holds the value; a map or list as a value of a map begins a line of its own. */
type Place = { readonly column: number; readonly indent: number; readonly isInMap: boolean }

function node(value: unknown, place: Place): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : sequence(value, place)
  if (typeof value === 'object' && value !== null && !isRaw(value)) {
    const members = Object.entries(value).filter(([, inner]) => inner !== undefined)
    return members.length === 0 ? '{}' : mapping(members, place)
  }
  if (typeof value === 'string') return scalarText(value, { column: place.column, indent: Math.max(place.indent, 0) + step, isKey: false })
  return typeof value === 'number' ? numberText(value) : (JSON.stringify(value) ?? 'null')
}

function sequence(list: readonly unknown[], { indent, isInMap }: Place): string {
  const own = isInMap ? indent : indent + step
  const lines = list.map((item) => `- ${node(item ?? null, { column: own + 2, indent: own, isInMap: false })}`)
  return lines.map((line, at) => (at === 0 && !isInMap ? line : `\n${' '.repeat(own)}${line}`)).join('')
}

function mapping(members: readonly (readonly [string, unknown])[], { indent, isInMap }: Place): string {
  const own = indent + step
  const lines = members.toSorted(([a], [b]) => compareNaturally(a, b)).map(([key, value]) => member(key, value, own))
  return lines.map((line, at) => (at === 0 && !isInMap ? line : `\n${' '.repeat(own)}${line}`)).join('')
}

function member(key: string, value: unknown, indent: number): string {
  const name = scalarText(key, { column: indent, indent: indent + step, isKey: true })
  if ([...name].length > simpleKeyMax)
    return `? ${name}\n${' '.repeat(indent)}: ${node(value, { column: indent + 2, indent, isInMap: false })}`
  const written = node(value, { column: indent + [...name].length + 2, indent, isInMap: true })
  return written.startsWith('\n') ? `${name}:${written}` : `${name}: ${written}`
}

/** As Go prints a float: with an exponent from 21 digits on. */
function numberText(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? text : text.replace(/e([+-])(\d)$/, 'e$10$2')
}

function isRaw(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: object): boolean }).isRawJSON(value)
}

const letter = /^\p{L}$/u
const digit = /^\p{Nd}$/u

/** Numbers inside of keys count as numbers, and letters stand behind all else. */
function compareNaturally(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [mine = '', theirs = ''] = [left[at], right[at]]
    if (mine === theirs) continue
    const [isLetter, isOtherLetter] = [letter.test(mine), letter.test(theirs)]
    if (isLetter && isOtherLetter) return mine < theirs ? -1 : 1
    if (isLetter || isOtherLetter) return isOtherLetter ? -1 : 1
    return compareNumbers(left, right, at)
  }
  return left.length - right.length
}

function compareNumbers(left: readonly string[], right: readonly string[], at: number): number {
  const leading = left[at] === '0' || right[at] === '0' ? hasNumberBefore(left, at) : false
  const [mine, theirs] = [digitsFrom(left, at), digitsFrom(right, at)]
  const prefix = leading ? '1' : ''
  const [a, b] = [BigInt(`${prefix}${mine}` || 0), BigInt(`${prefix}${theirs}` || 0)]
  if (a !== b) return a < b ? -1 : 1
  if (mine.length !== theirs.length) return mine.length - theirs.length
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1
}

function hasNumberBefore(characters: readonly string[], at: number): boolean {
  for (let before = at - 1; before >= 0 && digit.test(characters[before] ?? ''); before--) if (characters[before] !== '0') return true
  return false
}

function digitsFrom(characters: readonly string[], start: number): string {
  let digits = ''
  for (let at = start; /^[0-9]$/.test(characters[at] ?? ''); at++) digits += characters[at]
  return digits
}
