/** kubectl's JSONPath templates: text with expressions in braces, `range` and `end`, and the paths themselves. */
import { CommandError } from '../errors.ts'
import { compactJson } from './json.ts'
import { type Path, parsePath, select } from './jsonpath-path.ts'

type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'path'; readonly path: Path }
  | { readonly type: 'range'; readonly path: Path; readonly body: readonly Node[] }

export type JsonPathTemplate = {
  readonly source: string
  readonly nodes: readonly Node[]
}

/** Throws a CommandError where the template cannot be read. */
export function parseTemplate(source: string): JsonPathTemplate {
  const pieces = piecesOf(source)
  const { nodes, rest } = nest(pieces, false)
  if (rest.length > 0) throw new CommandError(`error parsing jsonpath ${source}, not in range, nothing to end`)
  return { source, nodes }
}

type Piece = { readonly isCode: boolean; readonly text: string }

/** Cuts at braces; quotes inside of braces protect what they hold. */
function piecesOf(source: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  while (at < source.length) {
    const open = source.indexOf('{', at)
    if (open !== at) pieces.push({ isCode: false, text: source.slice(at, open < 0 ? undefined : open) })
    if (open < 0) break
    const close = closingBrace(source, open + 1)
    if (close < 0) throw new CommandError(`error parsing jsonpath ${source}, unclosed action`)
    pieces.push({ isCode: true, text: source.slice(open + 1, close).trim() })
    at = close + 1
  }
  return pieces
}

function closingBrace(source: string, from: number): number {
  let quote = ''
  for (let at = from; at < source.length; at++) {
    const char = source[at] ?? ''
    if (quote !== '') {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '}') return at
  }
  return -1
}

function nest(pieces: readonly Piece[], isInRange: boolean): { readonly nodes: readonly Node[]; readonly rest: readonly Piece[] } {
  const nodes: Node[] = []
  let rest = pieces
  for (let piece = rest[0]; piece !== undefined; piece = rest[0]) {
    rest = rest.slice(1)
    if (!piece.isCode) nodes.push({ type: 'text', text: piece.text })
    else if (piece.text === 'end') {
      if (isInRange) return { nodes, rest }
      throw new CommandError('not in range, nothing to end')
    } else if (/^range(?=[\s.@$[])/.test(piece.text)) {
      const inner = nest(rest, true)
      nodes.push({ type: 'range', path: parsePath(piece.text.slice(5).trim()), body: inner.nodes })
      rest = inner.rest
    } else nodes.push(...codeNodes(piece.text))
  }
  if (isInRange) throw new CommandError('unclosed range')
  return { nodes, rest }
}

/** Several paths and quoted texts may stand in one pair of braces. */
function codeNodes(code: string): readonly Node[] {
  return wordsOf(code).map(
    (word): Node => (/^["']/.test(word) ? { type: 'text', text: unquoted(word) } : { type: 'path', path: parsePath(word) }),
  )
}

/** Cuts at spaces outside of quotes and brackets. */
function wordsOf(code: string): readonly string[] {
  const words: string[] = []
  let word = ''
  let depth = 0
  let quote = ''
  for (const char of code) {
    if (quote === '' && depth === 0 && /\s/.test(char)) {
      if (word !== '') words.push(word)
      word = ''
      continue
    }
    if (quote !== '') quote = char === quote && !word.endsWith('\\') ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[' || char === '(') depth++
    else if (char === ']' || char === ')') depth--
    word += char
  }
  return word === '' ? words : [...words, word]
}

function unquoted(word: string): string {
  return word.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char)
}

/** `allowsMissing`: a path that leads nowhere gives nothing instead of a PathError. */
export function evaluate(template: JsonPathTemplate, data: unknown, allowsMissing = true): string {
  return template.nodes.map((node) => evaluateNode(node, data, data, allowsMissing)).join('')
}

function evaluateNode(node: Node, root: unknown, current: unknown, allowsMissing: boolean): string {
  switch (node.type) {
    case 'text':
      return node.text
    case 'path':
      return select(node.path, root, current, allowsMissing).map(valueText).join(' ')
    case 'range': {
      const items = select(node.path, root, current, allowsMissing)
      return items.map((item) => node.body.map((inner) => evaluateNode(inner, root, item, allowsMissing)).join('')).join('')
    }
  }
}

/** The values that a template of one path finds. */
export function findValues(template: JsonPathTemplate, data: unknown, allowsMissing = true): readonly unknown[] {
  return template.nodes.flatMap((node) => (node.type === 'path' ? select(node.path, data, data, allowsMissing) : []))
}

/** Text as it is, all else as JSON. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : compactJson(value)
}

/** As `--sort-by` and custom columns take paths: `x.y`, `.x.y`, `{.x.y}` and `{x.y}` are the same. */
export function relaxedPath(text: string): string {
  if (text === '') return text
  const shape = /^\{?\.?([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}?$/.exec(text)
  if (shape === null)
    throw new CommandError(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`)
  const inner = text.startsWith('{') ? text.slice(1, text.endsWith('}') ? -1 : undefined) : text
  return `{${inner.startsWith('.') ? '' : '.'}${inner}}`
}
