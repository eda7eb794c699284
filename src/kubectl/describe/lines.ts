/** The building blocks of `kubectl describe`: lines with tabs, which one aligner puts into columns at the end. */
import { describeOptions, TabWriter } from '../print/tab-writer.ts'
import { terminalEscaped } from '../print/terminal-escape.ts'

/** Without line breaks. A tab ends a cell. */
export type Lines = readonly string[]

/** A line of its own: columns start afresh behind it. */
export const newColumns = '\f'

/** The finished text of `lines`. */
export function describedText(lines: Lines): string {
  const blocks: string[][] = [[]]
  for (const line of lines) {
    if (line === newColumns) blocks.push([])
    else blocks.at(-1)?.push(line)
  }
  return blocks.map((block) => new TabWriter(describeOptions).format(block.map((line) => `${terminalEscaped(line)}\n`).join(''))).join('')
}

export function indented(lines: Lines, levels = 1): Lines {
  return lines.map((line) => (line === newColumns ? line : '  '.repeat(levels) + line))
}

/** `lines` if there is something to show, else nothing. */
export function onlyIf(isShown: boolean, ...lines: Lines): Lines {
  return isShown ? lines : []
}

type TextMap = { readonly [key: string]: string }

/** `Labels:  a=b`, one pair a line. */
export function labelLines(title: string, labels: TextMap | undefined): Lines {
  return listLines(
    title,
    Object.entries(labels ?? {})
      .toSorted(byKey)
      .map(([key, value]) => `${key}=${value}`),
  )
}

/** The first value beside the title, the others under it. */
export function listLines(title: string, values: readonly string[]): Lines {
  const [first = '<none>', ...rest] = values
  return [`${title}:\t${first}`, ...rest.map((value) => `\t${value}`)]
}

const annotationLengthMax = 140
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** As labels; what is long goes to lines of its own, and is cut. */
export function annotationLines(title: string, annotations: TextMap | undefined): Lines {
  const pairs = Object.entries(annotations ?? {})
    .filter(([key]) => key !== lastApplied)
    .toSorted(byKey)
  if (pairs.length === 0) return [`${title}:\t<none>`]
  const lines = pairs.flatMap(([key, written]) => {
    const value = written.replace(/\n$/, '')
    if (value.length + key.length + 2 < annotationLengthMax && !value.includes('\n')) return [`\t${key}: ${value}`]
    return [`\t${key}:`, ...value.split('\n').map((line) => `\t  ${shortened(line, annotationLengthMax - 2)}`)]
  })
  return lines.map((line, index) => (index === 0 ? `${title}:${line}` : line))
}

function shortened(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}...` : text
}

/** As Go compares texts: by their bytes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareText(a, b)
}

export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text
}

/** As upstream capitalises them. */
export function boolText(value: boolean | undefined): string {
  return value === true ? 'True' : 'False'
}

/** As Go prints a slice. */
export function goList(values: readonly unknown[] | undefined): string {
  return `[${(values ?? []).join(' ')}]`
}

const zeroTime = 'Mon, 01 Jan 0001 00:00:00 +0000'

/** A time in RFC 1123 with the local zone's offset: `Mon, 02 Jan 2006 15:04:05 -0700`. */
export function longTime(timestamp: string | undefined): string {
  if (timestamp === undefined || timestamp === '') return zeroTime
  const instant = new Date(timestamp)
  const offsetMinutes = -instant.getTimezoneOffset()
  const shifted = new Date(instant.getTime() + offsetMinutes * 60_000)
  const distance = Math.abs(offsetMinutes)
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${twoDigits(Math.floor(distance / 60))}${twoDigits(distance % 60)}`
  return shifted.toUTCString().replace(/GMT$/, offset)
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** As Go prints a time: `2006-01-02 15:04:05 -0700 MST`. */
export function goTime(timestamp: string | undefined): string {
  const instant = new Date(timestamp ?? '0001-01-01T00:00:00Z')
  const offset = longTime(timestamp).slice(-5)
  const shifted = new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000)
  const zone = /[A-Z]{2,5}$/.exec(instant.toLocaleTimeString('en-US', { timeZoneName: 'short' }))?.[0] ?? offset
  return `${shifted.toISOString().slice(0, 19).replace('T', ' ')} ${offset} ${zone}`
}
