/**
 * When a cron schedule is due: five fields, or a descriptor such as `@daily` or `@every 1h30m`. Read as upstream reads it
 * (github.com/robfig/cron, standard parser), faults in its words.
 */
import { parseDurationMs } from '#meta/duration'
import { TimeZone } from './time-zone.ts'

export interface CronSchedule {
  /** The first time after `afterMs`; undefined where there is none within five years. */
  next(afterMs: number): number | undefined
}

/** The message is what the client gets. */
export class CronScheduleError extends Error {
  override readonly name = 'CronScheduleError'
}

export function parseCronSchedule(text: string, timeZone = new TimeZone('UTC')): CronSchedule {
  const [, ownZone, rest = text] = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/.exec(text) ?? []
  const zone = ownZone === undefined ? timeZone : new TimeZone(ownZone)
  if (rest.trim() === '') throw new CronScheduleError('empty spec string')
  if (rest.startsWith('@every ')) return { next: everyMs(rest) }
  const spec = rest.startsWith('@') ? descriptors.get(rest) : rest
  if (spec === undefined) throw new CronScheduleError(`unrecognized descriptor: ${rest}`)
  const fields = fieldsOf(spec)
  return { next: (afterMs) => nextMatch(fields, zone, afterMs) }
}

const descriptors: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
])

/** From any time on, in whole seconds. */
function everyMs(text: string): CronSchedule['next'] {
  const duration = text.slice('@every '.length)
  const totalMs = parseDurationMs(duration)
  if (totalMs === undefined) throw new CronScheduleError(`failed to parse duration ${text}: time: invalid duration "${duration}"`)
  const stepMs = Math.max(Math.floor(totalMs / 1000), 1) * 1000
  return (afterMs) => Math.floor(afterMs / 1000) * 1000 + stepMs
}

type Field = { readonly values: ReadonlySet<number>; readonly isStar: boolean }
type Fields = { readonly minute: Field; readonly hour: Field; readonly day: Field; readonly month: Field; readonly weekday: Field }

type Bounds = { readonly min: number; readonly max: number; readonly names: readonly string[] }
const noNames: readonly string[] = []
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function fieldsOf(spec: string): Fields {
  const texts = spec.trim().split(/\s+/)
  if (texts.length !== 5) throw new CronScheduleError(`expected exactly 5 fields, found ${texts.length}: [${texts.join(' ')}]`)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = texts
  return {
    minute: fieldOf(minute, { min: 0, max: 59, names: noNames }),
    hour: fieldOf(hour, { min: 0, max: 23, names: noNames }),
    day: fieldOf(day, { min: 1, max: 31, names: noNames }),
    month: fieldOf(month, { min: 1, max: 12, names: monthNames }),
    weekday: fieldOf(weekday, { min: 0, max: 6, names: weekdayNames }),
  }
}

function fieldOf(text: string, bounds: Bounds): Field {
  const ranges = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => rangeOf(part, bounds))
  return { values: new Set(ranges.flatMap(({ values }) => values)), isStar: ranges.some(({ isStar }) => isStar) }
}

function rangeOf(text: string, bounds: Bounds): { readonly values: readonly number[]; readonly isStar: boolean } {
  const [span = '', stepText, ...moreSteps] = text.split('/')
  const [low = '', high, ...moreEnds] = span.split('-')
  if (moreEnds.length > 0) throw new CronScheduleError(`too many hyphens: ${text}`)
  if (moreSteps.length > 0) throw new CronScheduleError(`too many slashes: ${text}`)
  const isAny = low === '*' || low === '?'
  const step = stepText === undefined ? 1 : numberOf(stepText)
  const start = isAny ? bounds.min : valueOf(low, bounds)
  // A single number with a step stands for all from there on.
  const open = stepText === undefined ? start : bounds.max
  const end = isAny ? bounds.max : high === undefined ? open : valueOf(high, bounds)
  if (start < bounds.min) throw new CronScheduleError(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`)
  if (end > bounds.max) throw new CronScheduleError(`end of range (${end}) above maximum (${bounds.max}): ${text}`)
  if (start > end) throw new CronScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0) throw new CronScheduleError(`step of range should be a positive number: ${text}`)
  const values = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step)
  return { values, isStar: isAny && step === 1 }
}

function valueOf(text: string, { names, min }: Bounds): number {
  const place = names.indexOf(text.toLowerCase())
  return place < 0 ? numberOf(text) : place + min
}

function numberOf(text: string): number {
  if (/^-\d+$/.test(text)) throw new CronScheduleError(`negative number (${text}) not allowed: ${text}`)
  if (!/^\+?\d+$/.test(text))
    throw new CronScheduleError(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`)
  return Number(text)
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const yearsMax = 5

/**
 * Looks at the clock on the wall, from the largest unit to the smallest, and goes on by as much as does not match. Hours go by in
 * real time, so that a clock which is set forward or back neither stops nor repeats the search.
 */
function nextMatch(fields: Fields, zone: TimeZone, afterMs: number): number | undefined {
  let ms = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs
  const lastYear = zone.wallOf(ms).year + yearsMax
  for (;;) {
    const { year, month, day, hour, minute, weekday } = zone.wallOf(ms)
    if (year > lastYear) return undefined
    if (!fields.month.values.has(month)) ms = later(ms, zone.utcOf(year, month + 1, 1))
    else if (!isDayMatch(fields, day, weekday)) ms = later(ms, zone.utcOf(year, month, day + 1))
    else if (!fields.hour.values.has(hour)) ms += hourMs - minute * minuteMs
    else if (!fields.minute.values.has(minute)) ms += minuteMs
    else return ms
  }
}

/** A midnight that a change of the clock skips must not lead back. */
function later(ms: number, nextMs: number): number {
  return nextMs > ms ? nextMs : ms + hourMs
}

/** As in Vixie's cron: where both days are restricted, one of them is enough. */
function isDayMatch({ day, weekday }: Fields, dayNow: number, weekdayNow: number): boolean {
  const [isDay, isWeekday] = [day.values.has(dayNow), weekday.values.has(weekdayNow)]
  return day.isStar || weekday.isStar ? isDay && isWeekday : isDay || isWeekday
}
