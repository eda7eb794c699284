/** What an error says of a forbidden change: the difference of both values, printed as JSON with one field a line. */
import type { Schema } from '#meta/schema/schema'
import { internalForm } from './internal-form.ts'
import { lineMatches } from './line-matches.ts'

const contextLines = 3

/** A unified diff without heads; '' where nothing shows. */
export function valueDiff(schema: Schema, old: unknown, next: unknown): string {
  return unifiedDiff(linesOf(internalForm(schema, old)), linesOf(internalForm(schema, next)))
}

function linesOf(form: unknown): readonly string[] {
  return JSON.stringify(form, null, 1).split('\n').map(escapedAsGo)
}

/** Go's JSON is made safe for HTML. */
function escapedAsGo(line: string): string {
  return line.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** One stretch where the texts agree or differ, as line numbers from 0. */
type Stretch = {
  readonly isSame: boolean
  readonly a: readonly [from: number, to: number]
  readonly b: readonly [from: number, to: number]
}

export function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  return hunksOf(stretchesOf(a, b))
    .map((hunk) => hunkText(hunk, a, b))
    .join('')
}

function stretchesOf(a: readonly string[], b: readonly string[]): readonly Stretch[] {
  const stretches: Stretch[] = []
  let [i, j] = [0, 0]
  for (const match of lineMatches(a, b)) {
    if (i < match.a || j < match.b) stretches.push({ isSame: false, a: [i, match.a], b: [j, match.b] })
    ;[i, j] = [match.a + match.size, match.b + match.size]
    if (match.size > 0) stretches.push({ isSame: true, a: [match.a, i], b: [match.b, j] })
  }
  return stretches
}

/** Differences with some lines around them; a long stretch of agreement parts two hunks. */
function hunksOf(stretches: readonly Stretch[]): readonly (readonly Stretch[])[] {
  const hunks: Stretch[][] = []
  for (const [index, stretch] of stretches.entries()) {
    const current = hunks.at(-1)
    if (!stretch.isSame) {
      const before = stretches[index - 1]
      if (current === undefined) hunks.push([...(before === undefined ? [] : [lastLines(before)]), stretch])
      else current.push(stretch)
    } else if (current !== undefined) {
      const isEnd = index === stretches.length - 1
      const isLong = stretch.a[1] - stretch.a[0] > 2 * contextLines
      current.push(isEnd || isLong ? firstLines(stretch) : stretch)
      if (isLong && !isEnd) hunks.push([lastLines(stretch)])
    }
  }
  return hunks
}

function firstLines({ a, b }: Stretch): Stretch {
  const size = Math.min(contextLines, a[1] - a[0])
  return { isSame: true, a: [a[0], a[0] + size], b: [b[0], b[0] + size] }
}

function lastLines({ a, b }: Stretch): Stretch {
  const size = Math.min(contextLines, a[1] - a[0])
  return { isSame: true, a: [a[1] - size, a[1]], b: [b[1] - size, b[1]] }
}

function hunkText(hunk: readonly Stretch[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [hunk[0], hunk.at(-1)]
  if (first === undefined || last === undefined) return ''
  const head = `@@ -${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])} @@`
  const lines = hunk.flatMap((stretch) =>
    stretch.isSame ? marked(' ', a.slice(...stretch.a)) : [...marked('-', a.slice(...stretch.a)), ...marked('+', b.slice(...stretch.b))],
  )
  return [head, ...lines].map((line) => `${line}\n`).join('')
}

function marked(mark: string, lines: readonly string[]): readonly string[] {
  return lines.map((line) => mark + line)
}

/** First line and count, from 1; the count is left out when it is one. */
function rangeText(from: number, to: number): string {
  const size = to - from
  if (size === 1) return String(from + 1)
  return `${size === 0 ? from : from + 1},${size}`
}
