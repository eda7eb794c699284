/** Durations as Go writes them: `1h30m`, `500ms`, `-1.5s`. */

const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const whole = /^([-+]?)((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+$/
const part = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)/g

/** Milliseconds, or undefined where `text` is no duration. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  const shape = whole.exec(text)
  if (shape === null) return undefined
  let totalMs = 0
  for (const [, amount = '0', unit = ''] of text.matchAll(part)) totalMs += Number(amount) * (unitMs[unit] ?? 0)
  return shape[1] === '-' ? -totalMs : totalMs
}

/** As Go's `Duration.String`: `1h0m0s`, `1.5s`, `20ms`, `0s`. */
export function formatDurationMs(ms: number): string {
  if (ms === 0) return '0s'
  const sign = ms < 0 ? '-' : ''
  const magnitude = Math.abs(ms)
  if (magnitude < 0.001) return `${sign}${trimmed(magnitude * 1e6)}ns`
  if (magnitude < 1) return `${sign}${trimmed(magnitude * 1e3)}µs`
  if (magnitude < 1000) return `${sign}${trimmed(magnitude)}ms`
  const hours = Math.floor(magnitude / 3_600_000)
  const minutes = Math.floor(magnitude / 60_000) % 60
  const seconds = trimmed((magnitude % 60_000) / 1000)
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(9)))
}
