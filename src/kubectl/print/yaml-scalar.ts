/** How libyaml's emitter, as Go's YAML library drives it, writes a text: which quotes, and where lines are folded. */
import type { Place } from './yaml.ts'

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

const widthBest = 80

export function scalarStyleOf(text: string, isKey: boolean): ScalarStyle {
  if (!isKey && text.includes('\n')) return isLiteralPossible(text) ? 'literal' : 'double'
  if (readsAsOther(text)) return 'double'
  const facts = factsOf(text)
  if (facts.needsEscapes) return 'double'
  if (isKey && text.includes('\n')) return 'double'
  return facts.isPlainPossible ? 'plain' : 'single'
}

/** Whether a YAML 1.1 reader takes the plain text for something that is no text. */
function readsAsOther(text: string): boolean {
  return text === '' || words.has(text) || isNumber(text) || isTimestamp(text) || base60.test(text)
}

const words: ReadonlySet<string> = new Set(
  [
    'y Y yes Yes YES true True TRUE on On ON',
    'n N no No NO false False FALSE off Off OFF',
    '~ null Null NULL << .nan .NaN .NAN',
    '.inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF',
  ].flatMap((line) => line.split(' ')),
)
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

function isNumber(text: string): boolean {
  const plain = text.replaceAll('_', '')
  return (
    (/^[-+]?[0-9]+$/.test(plain) ||
      /^[-+]?0[xX][0-9a-fA-F]+$/.test(plain) ||
      /^[-+]?0[bB][01]+$/.test(plain) ||
      /^[-+]?0[oO]?[0-7]+$/.test(plain) ||
      /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain)) &&
    /^[-+.0-9]/.test(text)
  )
}

/** The layouts that Go's library knows. */
function isTimestamp(text: string): boolean {
  return (
    /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?$/.test(text) &&
    !/ .*[Z+]/.test(text) &&
    !(/T/i.test(text) && !/(Z|[-+]\d\d:\d\d)$/.test(text))
  )
}

type Facts = { readonly isPlainPossible: boolean; readonly needsEscapes: boolean }

function factsOf(text: string): Facts {
  const hasSpecial = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ud800-\udfff\ue000-\ufffd]|\ufeff|\t/u.test(text) && hasUnprintable(text)
  const hasBreakSpace = /[\n\r\u0085\u2028\u2029] /.test(text) || / [\n\r\u0085\u2028\u2029]/.test(text)
  const hasEdgeSpace = text.startsWith(' ') || text.endsWith(' ')
  const hasIndicator = /^[-#,[\]{}&*!|>'"%@`]/.test(text) ? startsWithIndicator(text) : startsWithIndicator(text)
  const isIndicated = hasIndicator || /:(\s|$)/.test(text) || /\s#/.test(text)
  return { isPlainPossible: !isIndicated && !hasEdgeSpace && !/[\n\r]/.test(text), needsEscapes: hasSpecial || hasBreakSpace }
}

function hasUnprintable(text: string): boolean {
  return [...text].some((char) => !isPrintable(char))
}

/** As libyaml decides, without Unicode beyond the basic plane counting as special. */
function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff) ||
    code >= 0x10000
  )
}

function startsWithIndicator(text: string): boolean {
  if (text.startsWith('---') || text.startsWith('...')) return true
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return true
  return /^[-?:](\s|$)/.test(text)
}

/** Literal blocks hold any printable text but one whose lines end in spaces before a break. */
function isLiteralPossible(text: string): boolean {
  return !/ \n/.test(text) && !text.endsWith(' ') && !hasUnprintable(text)
}

export function plainText(text: string, place: Place): string {
  return folded(text, place, (at) => text[at + 1] !== ' ')
}

export function singleQuoted(text: string, place: Place): string {
  const quoted = text.replaceAll("'", "''")
  const body = folded(quoted, { ...place, column: place.column + 1 }, (at) => at > 0 && at < quoted.length - 1 && quoted[at + 1] !== ' ')
  return `'${body}'`
}

/** Breaks at a single space once the line is full. */
function folded(text: string, { indent, column, isKey }: Place, mayBreakAt: (at: number) => boolean): string {
  if (isKey) return text
  let out = ''
  let position = column
  let wasSpace = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === ' ' && !wasSpace && position > widthBest && mayBreakAt(at)) {
      out += `\n${' '.repeat(indent)}`
      position = indent
    } else {
      out += char
      position++
    }
    wasSpace = char === ' '
  }
  return out
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

export function doubleQuoted(text: string, { indent, column, isKey }: Place): string {
  let out = '"'
  let position = column + 1
  let wasSpace = false
  const chars = [...text]
  for (const [at, char] of chars.entries()) {
    if (char === ' ' && !isKey && !wasSpace && position > widthBest && at > 0 && at < chars.length - 1) {
      out += `\n${' '.repeat(indent)}${chars[at + 1] === ' ' ? '\\' : ''}`
      position = indent
    } else {
      const written = escapes[char] ?? (isPrintable(char) ? char : hexEscape(char))
      out += written
      position += written.length
    }
    wasSpace = char === ' '
  }
  return `${out}"`
}

function hexEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
