/**
 * Aligns text in columns by Go's elastic tabstops: a cell ends with a tab, and neighbouring lines that have a cell in a
 * column share that column's width. What follows a line's last tab belongs to no column.
 */

export type TabWriterOptions = {
  /** The least width of a column, padding included. */
  readonly widthMin: number
  readonly padding: number
  /** Columns stay at least as wide as they were in earlier text: for tables that come in pieces. */
  readonly remembersWidths?: boolean
}

/** What `kubectl get` prints with. */
export const tableOptions: TabWriterOptions = { widthMin: 6, padding: 3, remembersWidths: true }
/** What `kubectl describe` prints with. */
export const describeOptions: TabWriterOptions = { widthMin: 0, padding: 2 }

type Line = readonly string[]

export class TabWriter {
  readonly #options: TabWriterOptions
  readonly #rememberedWidths: number[] = []

  constructor(options: TabWriterOptions) {
    this.#options = options
  }

  /** Aligns whole lines. */
  format(text: string): string {
    if (text === '') return ''
    const lines = text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'))
    return this.#block(lines, [])
  }

  /** Lines that share the columns before `widths.length`; finds the runs that also share the next one. */
  #block(lines: readonly Line[], widths: readonly number[]): string {
    const column = widths.length
    let text = ''
    for (let at = 0; at < lines.length; ) {
      const end = endOfRun(lines, at, column)
      if (end === at) {
        text += lineText(lines[at] ?? [], widths)
        at++
      } else {
        const run = lines.slice(at, end)
        text += this.#block(run, [...widths, this.#widthOf(run, column)])
        at = end
      }
    }
    return text
  }

  #widthOf(run: readonly Line[], column: number): number {
    const { widthMin, padding, remembersWidths } = this.#options
    const width = run.reduce((widest, line) => Math.max(widest, lengthOf(line[column] ?? '') + padding), widthMin)
    if (!remembersWidths) return width
    const remembered = Math.max(width, this.#rememberedWidths[column] ?? 0)
    this.#rememberedWidths[column] = remembered
    return remembered
  }
}

/** The first line at or after `from` that has no cell in `column`. */
function endOfRun(lines: readonly Line[], from: number, column: number): number {
  let end = from
  while (end < lines.length && (lines[end]?.length ?? 0) - 1 > column) end++
  return end
}

function lineText(line: Line, widths: readonly number[]): string {
  return `${line.map((cell, index) => (index < widths.length ? cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell))) : cell)).join('')}\n`
}

/** In characters, as Go counts runes. */
function lengthOf(cell: string): number {
  // oxlint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(cell) ? cell.length : [...cell].length
}

/** `lines` in describe's columns. */
export function aligned(lines: readonly string[], options = describeOptions): string {
  return new TabWriter(options).format(lines.map((line) => `${line}\n`).join(''))
}
