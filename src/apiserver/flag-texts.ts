/** Flags as the texts that would set them, for `/flagz`. */
import type { FlagTable, FlagValues } from '#component/flags'
import { formatDurationMs } from '#meta/duration'

export function flagTexts<F extends FlagTable>(table: F, values: FlagValues<F>): Readonly<Record<string, string>> {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(values)
  return Object.fromEntries(entries.map(([name, value]) => [name, textOf(value, table[name]?.placeholder === 'duration')]))
}

function textOf(value: unknown, isDuration: boolean): string {
  if (typeof value === 'number') return isDuration ? formatDurationMs(value) : String(value)
  if (Array.isArray(value)) return `[${value.join(',')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, inner]) => `${key}=${inner}`)
    .join(',')
}
