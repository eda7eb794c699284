/** The grammar of label selectors in text: a lexer, and a descent without look-back. */
import type { LabelOperator, LabelRequirement } from './labels.ts'

type TokenKind = 'identifier' | 'in' | 'notin' | '!' | '=' | '==' | '!=' | '>' | '<' | '(' | ')' | ',' | 'end' | 'error'

type Token = { readonly kind: TokenKind; readonly text: string }

type Fail = (message: string) => Error

const symbols: Readonly<Record<string, TokenKind>> = {
  ')': ')',
  ',': ',',
  '!': '!',
  '==': '==',
  '=': '=',
  '!=': '!=',
  '>': '>',
  '<': '<',
  '(': '(',
}

/** Requirements in the order of the text; `fail` makes the error to throw. Keys and values are not checked. */
export function parseRequirements(text: string, fail: Fail): readonly LabelRequirement[] {
  const tokens = new Tokens(text)
  const requirements: LabelRequirement[] = []
  for (;;) {
    const token = tokens.peek('values-are-words')
    if (token.kind === 'end') return requirements
    if (token.kind !== 'identifier' && token.kind !== '!') throw fail(`found '${token.text}', expected: !, identifier, or 'end of string'`)
    requirements.push(parseRequirement(tokens, fail))
    const separator = tokens.next()
    if (separator.kind === 'end') return requirements
    if (separator.kind !== ',') throw fail(`found '${separator.text}', expected: ',' or 'end of string'`)
    const after = tokens.peek('values-are-words')
    if (after.kind !== 'identifier' && after.kind !== '!') throw fail(`found '${after.text}', expected: identifier after ','`)
  }
}

function parseRequirement(tokens: Tokens, fail: Fail): LabelRequirement {
  const unparsed = (why: string) => fail(`unable to parse requirement: ${why}`)
  const isNegated = tokens.peek().kind === '!'
  if (isNegated) tokens.next()
  const key = tokens.next('values-are-words')
  if (key.kind !== 'identifier') throw unparsed(`found '${key.text}', expected: identifier`)
  const following = tokens.peek().kind
  if (following === 'end' || following === ',') return { key: key.text, operator: isNegated ? '!' : 'exists', values: [] }
  if (isNegated) return { key: key.text, operator: '!', values: [] }
  const operator = operatorOf(tokens.next(), unparsed)
  const values = operator === 'in' || operator === 'notin' ? parseValues(tokens, unparsed) : [parseExactValue(tokens, unparsed)]
  return { key: key.text, operator, values }
}

function operatorOf(token: Token, fail: Fail): LabelOperator {
  switch (token.kind) {
    case 'in':
    case 'notin':
    case '=':
    case '==':
    case '!=':
      return token.kind
    case '>':
      return 'gt'
    case '<':
      return 'lt'
    default:
      throw fail(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`)
  }
}

function parseExactValue(tokens: Tokens, fail: Fail): string {
  const following = tokens.peek('values-are-words').kind
  if (following === 'end' || following === ',') return ''
  const token = tokens.next('values-are-words')
  if (token.kind !== 'identifier') throw fail(`found '${token.text}', expected: identifier`)
  return token.text
}

/** `(a,b)`, sorted and without repetition; an empty place means the empty value. */
function parseValues(tokens: Tokens, fail: Fail): readonly string[] {
  const opening = tokens.next('values-are-words')
  if (opening.kind !== '(') throw fail(`found '${opening.text}' expected: '('`)
  const values = new Set<string>()
  let isValueDue = true
  for (;;) {
    const token = tokens.next('values-are-words')
    switch (token.kind) {
      case 'identifier':
        if (!isValueDue) throw fail(`found '${token.text}', expected: ',' or ')'`)
        values.add(token.text)
        isValueDue = false
        break
      case ',':
        if (isValueDue) values.add('')
        isValueDue = true
        break
      case ')':
        if (isValueDue) values.add('')
        return [...values].sort()
      default:
        throw fail(`found '${token.text}', expected: ${isValueDue ? "',', ')' or identifier" : "',' or ')'"}`)
    }
  }
}

/** `in` and `notin` are words of the grammar after a key, and plain names elsewhere. */
type Mode = 'values-are-words' | 'operators'

class Tokens {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  peek(mode: Mode = 'operators'): Token {
    return this.#read(mode).token
  }

  next(mode: Mode = 'operators'): Token {
    const { token, end } = this.#read(mode)
    this.#at = end
    return token
  }

  #read(mode: Mode): { readonly token: Token; readonly end: number } {
    const start = this.#at + (/^[ \t\r\n]*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0)
    if (start >= this.#text.length) return { token: { kind: 'end', text: '' }, end: start }
    const symbol = /^[=!(),<>]+/.exec(this.#text.slice(start))?.[0]
    if (symbol !== undefined) return { token: longestSymbol(symbol), end: start + longestSymbol(symbol).text.length }
    const word = /^[^ \t\r\n=!(),<>]+/.exec(this.#text.slice(start))?.[0] ?? ''
    const isOperator = mode === 'operators' && (word === 'in' || word === 'notin')
    return { token: { kind: isOperator ? word : 'identifier', text: word }, end: start + word.length }
  }
}

function longestSymbol(run: string): Token {
  for (let length = Math.min(run.length, 2); length > 0; length--) {
    const text = run.slice(0, length)
    const kind = symbols[text]
    if (kind !== undefined) return { kind, text }
  }
  return { kind: 'error', text: run }
}
