/** Times as the API writes them: UTC, whole seconds or whole microseconds. */

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/
const secondsLayout = '2006-01-02T15:04:05Z07:00'
const microsLayout = '2006-01-02T15:04:05.000000Z07:00'

/** `2026-01-02T04:04:05.7+01:00` -> `2026-01-02T03:04:05Z`; throws as Go's time.Parse does. */
export function canonicalTime(text: string): string {
  return `${utcSeconds(text, secondsLayout)}Z`
}

/** `2026-01-02T04:04:05.7+01:00` -> `2026-01-02T03:04:05.700000Z`. */
export function canonicalMicroTime(text: string): string {
  const fraction = rfc3339.exec(text)?.[7] ?? ''
  if (fraction.length !== 6) throw unparsable(text, microsLayout)
  return `${utcSeconds(text, microsLayout)}.${fraction}Z`
}

function utcSeconds(text: string, layout: string): string {
  const parts = rfc3339.exec(text)
  if (parts === null) throw unparsable(text, layout)
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = parts
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${parts[8] ?? 'Z'}`)
  if (Number.isNaN(ms) || Number(day) > daysIn(Number(year), Number(month)))
    throw outOfRange(text, Number(month), Number(hour), Number(minute))
  return new Date(ms).toISOString().slice(0, 19)
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function outOfRange(text: string, month: number, hour: number, minute: number): Error {
  const part = month < 1 || month > 12 ? 'month' : hour > 23 ? 'hour' : minute > 59 ? 'minute' : 'day'
  return new Error(`parsing time ${quoted(text)}: ${part} out of range`)
}

const zoneStep = [/^(?:Z|[+-]\d{2}:\d{2})/, 'Z07:00'] as const
const stepsToMinutes: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01'],
  [/^-/, '-'],
  [/^\d{2}/, '02'],
  [/^T/, 'T'],
  [/^\d{2}/, '15'],
  [/^:/, ':'],
  [/^\d{2}/, '04'],
  [/^:/, ':'],
]
/** Go takes a fraction where the layout has none, and none but the layout's where it has one. */
const stepsOf: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  [secondsLayout]: [...stepsToMinutes, [/^\d{2}(?:[.,]\d+)?/, '05'], zoneStep],
  [microsLayout]: [...stepsToMinutes, [/^\d{2}/, '05'], [/^[.,]\d{6}/, '.000000'], zoneStep],
}

/** Names the first part of the layout that the text does not fit. */
function unparsable(text: string, layout: string): Error {
  let rest = text
  for (const [pattern, part] of stepsOf[layout] ?? []) {
    const found = pattern.exec(rest)
    if (found === null) return new Error(`parsing time ${quoted(text)} as "${layout}": cannot parse ${quoted(rest)} as "${part}"`)
    rest = rest.slice(found[0].length)
  }
  return new Error(`parsing time ${quoted(text)}: extra text: ${quoted(rest)}`)
}

/** As Go quotes in errors of times: byte by byte. */
function quoted(text: string): string {
  const bytes = Buffer.from(text.replaceAll(/["\\]/g, '\\$&')).toString('latin1')
  return `"${bytes.replaceAll(/[^ -\x7f]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`
}
