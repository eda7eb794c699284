/** Go's text templates as far as `-o go-template` needs them: fields, variables, `range`, `if`, `with`, pipelines and the usual functions. */
import { CommandError } from '../errors.ts'
import { callFunction, isTrue } from './go-template-functions.ts'
import { compactJson } from './json.ts'

type Term =
  | { readonly type: 'field'; readonly variable: string; readonly path: readonly string[] }
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'pipeline'; readonly commands: Pipeline; readonly path: readonly string[] }
type Pipeline = readonly (readonly Term[])[]
type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'print'; readonly pipeline: Pipeline }
  | { readonly type: 'assign'; readonly names: readonly string[]; readonly pipeline: Pipeline }
  | {
      readonly type: 'if' | 'with' | 'range'
      readonly names: readonly string[]
      readonly pipeline: Pipeline
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }

type Variables = ReadonlyMap<string, unknown>
type Scope = { readonly dot: unknown; readonly variables: Map<string, unknown> }

/** A function from an object to text. Throws a CommandError where the template cannot be read. */
export function parseGoTemplate(source: string): (data: unknown) => string {
  const reader = { tokens: tokensOf(source), at: 0 }
  const { nodes } = readNodes(reader, false)
  return (data) => render(nodes, { dot: data, variables: new Map([['$', data]]) })
}

type Reader = { readonly tokens: readonly { readonly isAction: boolean; readonly text: string }[]; at: number }

function tokensOf(source: string): Reader['tokens'] {
  const tokens: { isAction: boolean; text: string }[] = []
  const action = /\{\{(- )?((?:"(?:\\.|[^"\\])*"|`[^`]*`|(?!\}\}| -\}\})[\s\S])*)( -)?\}\}/g
  let from = 0
  let trimsNext = false
  const pushText = (text: string, trimsEnd: boolean) => {
    const start = trimsNext ? text.replace(/^\s+/, '') : text
    tokens.push({ isAction: false, text: trimsEnd ? start.replace(/\s+$/, '') : start })
  }
  for (const match of source.matchAll(action)) {
    pushText(source.slice(from, match.index), match[1] !== undefined)
    tokens.push({ isAction: true, text: (match[2] ?? '').trim() })
    trimsNext = match[3] !== undefined
    from = match.index + match[0].length
  }
  if (source.indexOf('{{', from) >= 0) throw parseFailure(source, 'unclosed action')
  pushText(source.slice(from), false)
  return tokens
}

function parseFailure(source: string, why: string): CommandError {
  return new CommandError(`error parsing template ${source}, template: output:1: ${why}`)
}

/** Reads up to the end of a block; says which word ended it. */
function readNodes(reader: Reader, isBlock: boolean): { readonly nodes: readonly Node[]; readonly end: string } {
  const nodes: Node[] = []
  for (let token = reader.tokens[reader.at++]; token !== undefined; token = reader.tokens[reader.at++]) {
    const { isAction, text } = token
    if (!isAction) nodes.push({ type: 'text', text })
    else if (text.startsWith('/*')) continue
    else if (text === 'end' || /^else\b/.test(text)) {
      if (!isBlock) throw parseFailure('', `unexpected {{${text}}}`)
      return { nodes, end: text }
    } else nodes.push(readAction(reader, text))
  }
  if (isBlock) throw parseFailure('', 'unexpected EOF')
  return { nodes, end: '' }
}

function readAction(reader: Reader, text: string): Node {
  const [, keyword, rest = ''] = /^(if|with|range)(?=[\s.$(])\s*([\s\S]*)$/.exec(text) ?? []
  if (keyword === 'if' || keyword === 'with' || keyword === 'range') {
    const { names, pipeline } = readAssignment(rest)
    const { nodes: body, end } = readNodes(reader, true)
    return { type: keyword, names, pipeline, body, otherwise: readElse(reader, end) }
  }
  const { names, pipeline } = readAssignment(text)
  return names.length > 0 ? { type: 'assign', names, pipeline } : { type: 'print', pipeline }
}

function readElse(reader: Reader, end: string): readonly Node[] {
  if (end === 'end') return []
  if (end !== 'else') return [readAction(reader, end.replace(/^else\s+/, ''))]
  return readNodes(reader, true).nodes
}

function readAssignment(text: string): { readonly names: readonly string[]; readonly pipeline: Pipeline } {
  const [, names, rest] = /^(\$\w+(?:\s*,\s*\$\w+)?)\s*:?=\s*([\s\S]*)$/.exec(text) ?? []
  if (names === undefined || rest === undefined) return { names: [], pipeline: readPipeline(text) }
  return { names: names.split(',').map((name) => name.trim()), pipeline: readPipeline(rest) }
}

function readPipeline(text: string): Pipeline {
  const words = [...text.matchAll(/"(?:\\.|[^"\\])*"|`[^`]*`|\||[()]\.?[\w.]*|[^\s|()]+/g)].map(([word]) => word)
  return readCommands(words)
}

function readCommands(words: string[]): Pipeline {
  const commands: Term[][] = [[]]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word.startsWith(')')) {
      words.unshift(word)
      break
    }
    if (word === '|') commands.push([])
    else commands.at(-1)?.push(readTerm(word, words))
  }
  return commands
}

function readTerm(word: string, words: string[]): Term {
  if (word.startsWith('(')) {
    if (word.length > 1) words.unshift(word.slice(1))
    const commands = readCommands(words)
    const closing = words.shift() ?? ')'
    return {
      type: 'pipeline',
      commands,
      path: closing
        .slice(1)
        .split('.')
        .filter((name) => name !== ''),
    }
  }
  if (word.startsWith('"')) return { type: 'value', value: JSON.parse(word) }
  if (word.startsWith('`')) return { type: 'value', value: word.slice(1, -1) }
  if (/^[-+]?\d/.test(word)) return { type: 'value', value: Number(word) }
  if (word === 'true' || word === 'false') return { type: 'value', value: word === 'true' }
  if (word === 'nil') return { type: 'value', value: undefined }
  const [variable = '', ...path] = word.split('.')
  if (variable === '' || variable.startsWith('$')) return { type: 'field', variable, path: path.filter((name) => name !== '') }
  return { type: 'function', name: word }
}

function render(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => renderNode(node, scope)).join('')
}

function renderNode(node: Node, scope: Scope): string {
  if (node.type === 'text') return node.text
  const value = evaluatePipeline(node.pipeline, scope)
  switch (node.type) {
    case 'print':
      return goPrint(value)
    case 'assign':
      scope.variables.set(node.names[0] ?? '', value)
      return ''
    case 'if':
      return render(isTrue(value) ? node.body : node.otherwise, scope)
    case 'with':
      return isTrue(value) ? render(node.body, inner(scope, value, node.names, [value])) : render(node.otherwise, scope)
    case 'range': {
      const entries = entriesOf(value)
      if (entries.length === 0) return render(node.otherwise, scope)
      return entries
        .map(([key, item]) => render(node.body, inner(scope, item, node.names, node.names.length === 2 ? [key, item] : [item])))
        .join('')
    }
  }
}

function inner(scope: Scope, dot: unknown, names: readonly string[], values: readonly unknown[]): Scope {
  const variables: Variables = scope.variables
  return { dot, variables: new Map([...variables, ...names.map((name, index) => [name, values[index]] as const)]) }
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()]
  return typeof value === 'object' && value !== null ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)) : []
}

function evaluatePipeline(pipeline: Pipeline, scope: Scope): unknown {
  let piped: readonly unknown[] = []
  for (const [head, ...rest] of pipeline) {
    if (head === undefined) continue
    const args = [...rest.map((term) => evaluateTerm(term, scope)), ...piped]
    piped = [head.type === 'function' ? callFunction(head.name, args) : evaluateTerm(head, scope)]
  }
  return piped[0]
}

function evaluateTerm(term: Term, scope: Scope): unknown {
  switch (term.type) {
    case 'value':
      return term.value
    case 'function':
      return callFunction(term.name, [])
    case 'pipeline':
      return along(evaluatePipeline(term.commands, scope), term.path)
    case 'field':
      return along(term.variable === '' ? scope.dot : scope.variables.get(term.variable), term.path)
  }
}

function along(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : undefined),
    value,
  )
}

/** As Go's `%v`. */
function goPrint(value: unknown): string {
  if (value === undefined || value === null) return '<no value>'
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`
  if (typeof value === 'object')
    return `map[${entriesOf(value)
      .map(([key, item]) => `${String(key)}:${goPrint(item)}`)
      .join(' ')}]`
  return typeof value === 'string' ? value : compactJson(value)
}
