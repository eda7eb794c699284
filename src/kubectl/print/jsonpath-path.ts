/** A JSONPath: fields, indexes, slices, wildcards, unions, recursive descent and filters. */
import { CommandError } from '../errors.ts'

type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'slice'; readonly from?: number | undefined; readonly to?: number | undefined; readonly by: number }
  | { readonly type: 'index'; readonly indexes: readonly number[] }
  | { readonly type: 'fields'; readonly names: readonly string[] }
  | { readonly type: 'filter'; readonly left: Operand; readonly operator: string; readonly right?: Operand | undefined }

type Operand = { readonly path: Path } | { readonly value: unknown }

/** `isRooted`: starts at `$` instead of at the current item. */
export type Path = { readonly isRooted: boolean; readonly steps: readonly Step[] }

/** A path that leads nowhere. */
class PathError extends Error {
  override readonly name = 'PathError'
}

export function parsePath(text: string): Path {
  const isRooted = text.startsWith('$')
  const body = text.replace(/^[$@]/, '')
  const steps: Step[] = []
  let rest = body
  while (rest !== '') {
    const [step, length] = nextStep(rest, text)
    steps.push(...step)
    rest = rest.slice(length)
  }
  return { isRooted, steps }
}

function nextStep(rest: string, whole: string): readonly [readonly Step[], number] {
  if (rest.startsWith('..')) return [[{ type: 'recursive' }], rest[2] === '[' ? 2 : 1]
  if (rest.startsWith('[')) {
    const end = closingBracket(rest)
    if (end < 0) throw new CommandError(`unterminated array in ${whole}`)
    return [[bracketStep(rest.slice(1, end).trim())], end + 1]
  }
  const [matched = '', name = ''] = /^\.?((?:\\.|[^.[\]\\\s])*)/.exec(rest) ?? []
  if (matched === '')
    throw new CommandError(
      `unrecognized character in action: U+${(rest.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${rest[0]}'`,
    )
  if (name === '') return [[], matched.length]
  return [[name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replace(/\\(.)/g, '$1') }], matched.length]
}

function closingBracket(text: string): number {
  let depth = 0
  let quote = ''
  for (const [at, char] of [...text].entries()) {
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth++
    else if (char === ']' && --depth === 0) return at
  }
  return -1
}

function bracketStep(inner: string): Step {
  if (inner === '*') return { type: 'wildcard' }
  if (inner.startsWith('?(') && inner.endsWith(')')) return filterStep(inner.slice(2, -1).trim())
  if (/^(['"]).*\1(\s*,\s*(['"]).*\3)*$/.test(inner)) {
    return {
      type: 'fields',
      names: [...inner.matchAll(/'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)"/g)].map(([, single, double]) =>
        (single ?? double ?? '').replace(/\\(.)/g, '$1'),
      ),
    }
  }
  const slice = /^(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*))?$/.exec(inner)
  if (slice !== null) return { type: 'slice', from: numberOf(slice[1]), to: numberOf(slice[2]), by: numberOf(slice[3]) ?? 1 }
  if (/^-?\d+(\s*,\s*-?\d+)*$/.test(inner)) return { type: 'index', indexes: inner.split(',').map(Number) }
  throw new CommandError(`invalid array index ${inner}`)
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}

function filterStep(text: string): Step {
  const [, left = text, operator = 'exists', right] = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s.exec(text) ?? []
  return { type: 'filter', left: operand(left), operator, right: right === undefined ? undefined : operand(right) }
}

function operand(text: string): Operand {
  if (/^["']/.test(text)) return { value: text.slice(1, -1) }
  if (/^-?[0-9.]+$/.test(text)) return { value: Number(text) }
  if (text === 'true' || text === 'false') return { value: text === 'true' }
  return { path: parsePath(text) }
}

export function select(path: Path, root: unknown, current: unknown, allowsMissing: boolean): readonly unknown[] {
  let found: readonly unknown[] = [path.isRooted ? root : current]
  for (const step of path.steps) found = found.flatMap((value) => stepInto(step, value, root, allowsMissing))
  return found
}

function stepInto(step: Step, value: unknown, root: unknown, allowsMissing: boolean): readonly unknown[] {
  switch (step.type) {
    case 'field':
      return fieldOf(value, step.name, allowsMissing)
    case 'fields':
      return step.names.flatMap((name) => fieldOf(value, name, allowsMissing))
    case 'wildcard':
      return childrenOf(value)
    case 'recursive':
      return descendants(value)
    case 'index':
      return step.indexes.flatMap((index) => at(value, index, allowsMissing))
    case 'slice':
      return Array.isArray(value) ? sliced(value, step) : []
    case 'filter':
      return childrenOf(value).filter((item) => passes(step, item, root))
  }
}

function fieldOf(value: unknown, name: string, allowsMissing: boolean): readonly unknown[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)) {
    return [(value as Readonly<Record<string, unknown>>)[name]]
  }
  if (allowsMissing) return []
  throw new PathError(`${name} is not found`)
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value)
    .sort()
    .map((key) => (value as Readonly<Record<string, unknown>>)[key])
}

function descendants(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...childrenOf(value).flatMap(descendants)]
}

function at(value: unknown, index: number, allowsMissing: boolean): readonly unknown[] {
  if (!Array.isArray(value)) {
    if (allowsMissing || value === undefined) return []
    throw new PathError(`${JSON.stringify(value)} is not array or slice`)
  }
  const position = index < 0 ? value.length + index : index
  if (position >= 0 && position < value.length) return [value[position]]
  // As upstream: only missing keys may be allowed.
  throw new PathError(`array index out of bounds: index ${index}, length ${value.length}`)
}

function sliced(
  list: readonly unknown[],
  { from = 0, to = list.length, by }: { readonly from?: number | undefined; readonly to?: number | undefined; readonly by: number },
): readonly unknown[] {
  const inRange = list.slice(from, to)
  return by === 1 ? inRange : inRange.filter((_, index) => index % by === 0)
}

function passes(step: Extract<Step, { type: 'filter' }>, item: unknown, root: unknown): boolean {
  const [left] = valuesOf(step.left, item, root)
  if (step.operator === 'exists') return left !== undefined
  const [right] = step.right === undefined ? [] : valuesOf(step.right, item, root)
  if (left === undefined || right === undefined) return false
  switch (step.operator) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return isLess(left, right)
    case '>':
      return isLess(right, left)
    case '<=':
      return left === right || isLess(left, right)
    default:
      return left === right || isLess(right, left)
  }
}

function isLess(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b
  return typeof a === 'string' && typeof b === 'string' && a < b
}

function valuesOf(side: Operand, item: unknown, root: unknown): readonly unknown[] {
  return 'value' in side ? [side.value] : select(side.path, root, item, true)
}
