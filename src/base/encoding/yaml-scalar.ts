/** How a text stands in YAML as Go's writer puts it: plain, quoted, or as a block, folded at spaces beyond 80 columns. */

const widthMax = 80

/** Where a text is written. */
export type ScalarPlace = {
  /** Of the line, in characters, before the text. */
  readonly column: number
  /** Of further lines. */
  readonly indent: number
  readonly isKey: boolean
}

export function scalarText(text: string, place: ScalarPlace): string {
  const facts = analysed(text)
  const style = styleOf(text, facts, place.isKey)
  switch (style) {
    case 'plain':
      return folded(text, place, '')
    case 'single':
      return `'${folded(text.replaceAll("'", "''"), { ...place, column: place.column + 1 }, "'")}'`
    case 'double':
      return doubleQuoted(text, place)
    case 'literal':
      return literal(text, place)
  }
}

type Style = 'plain' | 'single' | 'double' | 'literal'

/** What a text holds that decides how it may be written. */
type Facts = { readonly plain: boolean; readonly single: boolean; readonly block: boolean }

function styleOf(text: string, facts: Facts, isKey: boolean): Style {
  if (text.includes('\n')) return facts.block && !isKey ? 'literal' : 'double'
  if (!staysText(text)) return 'double'
  if (facts.plain && text !== '') return 'plain'
  return facts.single ? 'single' : 'double'
}

function analysed(text: string): Facts {
  const hasEdgeSpace = /^[ \n]|[ \n]$/.test(text)
  const isSpecial = special.test(text) || / \n/.test(text)
  const breakSpace = /\n /.test(text)
  return {
    plain: !hasEdgeSpace && !isSpecial && !text.includes('\n') && !hasIndicator(text),
    single: !isSpecial && !breakSpace,
    block: !isSpecial && !text.endsWith(' '),
  }
}

/** What is not printable to YAML: control characters, tabs, and what needs more than three bytes. */
const special = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029\u0085]/

function hasIndicator(text: string): boolean {
  return /^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[?:-](?: |$)|:(?: |$)| #/.test(text)
}

/** Whether a reader takes the plain text for a text, and not for a number, a truth value, nothing or a time. */
function staysText(text: string): boolean {
  if (words.has(text) || /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return false
  if (!/^[-+.\d]/.test(text)) return true
  return !isNumber(text) && !isTime(text)
}

const words: ReadonlySet<string> = new Set(
  [
    '',
    '~',
    '.nan',
    '.NaN',
    '.NAN',
    '.inf',
    '.Inf',
    '.INF',
    '+.inf',
    '+.Inf',
    '+.INF',
    '-.inf',
    '-.Inf',
    '-.INF',
    'y',
    'Y',
    'n',
    'N',
  ].concat(
    ['yes', 'true', 'on', 'no', 'false', 'off', 'null'].flatMap((word) => [
      word,
      word[0]?.toUpperCase() + word.slice(1),
      word.toUpperCase(),
    ]),
  ),
)

function isNumber(text: string): boolean {
  const plain = text.replaceAll('_', '')
  if (/^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+)$/.test(plain)) return true
  return /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(plain)
}

const time =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?)?$/

function isTime(text: string): boolean {
  const parts = time.exec(text)
  if (parts === null) return false
  const [year = 0, month = 0, day = 0, ...rest] = parts.slice(1).map((part) => Number(part ?? 0))
  const [hour = 0, minute = 0, second = 0] = parts[4] === undefined ? rest.slice(3) : rest
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** Broken at single spaces beyond the width; `quote` says that edges stay whole. */
function folded(text: string, { column, indent, isKey }: ScalarPlace, quote: string): string {
  if (isKey || column + text.length <= widthMax) return text
  const characters = [...text]
  let [result, at] = ['', column]
  for (const [index, character] of characters.entries()) {
    const isSingle = character === ' ' && characters[index - 1] !== ' ' && characters[index + 1] !== ' '
    const isInside = quote === '' || (index > 0 && index < characters.length - 1)
    if (isSingle && isInside && at > widthMax) [result, at] = [`${result}\n${' '.repeat(indent)}`, indent]
    else [result, at] = [result + character, at + 1]
  }
  return result
}

function doubleQuoted(text: string, { column, indent, isKey }: ScalarPlace): string {
  const characters = [...text]
  let [result, at] = ['"', column + 1]
  for (const [index, character] of characters.entries()) {
    const escape = escapeOf(character)
    const isFirstSpace = character === ' ' && characters[index - 1] !== ' '
    if (escape === undefined && isFirstSpace && !isKey && at > widthMax && index > 0 && index < characters.length - 1) {
      const guard = characters[index + 1] === ' ' ? '\\' : ''
      ;[result, at] = [`${result}\n${' '.repeat(indent)}${guard}`, indent + guard.length]
    } else {
      ;[result, at] = [result + (escape ?? character), at + (escape ?? character).length]
    }
  }
  return `${result}"`
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

function escapeOf(character: string): string | undefined {
  const short = shortEscapes[character]
  if (short !== undefined) return short
  if (!special.test(character)) return undefined
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** `|`, with a hint where the text begins with space, and how the end is to be read. */
function literal(text: string, { indent }: ScalarPlace): string {
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const end = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-'
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return `|${hint}${end}\n${lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n')}`
}
