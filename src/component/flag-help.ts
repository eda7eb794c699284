/** The text behind `--help`. */
import { formatDurationMs } from '#meta/duration'
import type { Flag, FlagTable } from './flags.ts'

export function helpText(command: string, summary: string, table: FlagTable): string {
  const rows = Object.keys(table)
    .sort()
    .map((name) => rowOf(name, table[name]))
  const width = Math.min(Math.max(0, ...rows.map(([left]) => left.length)), 60)
  const lines = rows.map(([left, right]) => `${left.padEnd(width)}   ${right}`)
  return `${summary}\n\nUsage:\n  ${command} [flags]\n\nFlags:\n${lines.join('\n')}\n`
}

function rowOf(name: string, flag: Flag | undefined): readonly [left: string, right: string] {
  if (flag === undefined) return ['', '']
  const short = flag.shorthand === undefined ? '    ' : `-${flag.shorthand}, `
  return [`  ${short}--${name}${flag.placeholder === '' ? '' : ` ${flag.placeholder}`}`, `${flag.help}${defaultText(flag)}`]
}

function defaultText({ default: value, placeholder }: Flag): string {
  if (value === undefined || value === false || value === 0 || value === '') return ''
  if (placeholder === 'duration' && typeof value === 'number') return ` (default ${formatDurationMs(value)})`
  if (Array.isArray(value)) return value.length === 0 ? '' : ` (default [${value.join(',')}])`
  if (typeof value === 'object') return ''
  return ` (default ${typeof value === 'string' ? JSON.stringify(value) : String(value)})`
}
