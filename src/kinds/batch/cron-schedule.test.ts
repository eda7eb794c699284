import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CronScheduleError, parseCronSchedule } from './cron-schedule.ts'
import { TimeZone, UnknownTimeZoneError } from './time-zone.ts'

for (const [text, after, want] of [
  ['* * * * *', '2026-01-01T00:00:30Z', '2026-01-01T00:01:00Z'],
  ['*/15 * * * *', '2026-01-01T00:45:00Z', '2026-01-01T01:00:00Z'],
  ['5/20 3 * * *', '2026-01-01T03:10:00Z', '2026-01-01T03:25:00Z'],
  ['0 9-17/4 * * mon-fri', '2026-01-02T17:00:00Z', '2026-01-05T09:00:00Z'],
  ['0 0 1,15 * *', '2026-01-01T00:00:00Z', '2026-01-15T00:00:00Z'],
  ['0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  ['0 0 29 feb ?', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['0 0 31 2 *', '2026-01-01T00:00:00Z', undefined],
  ['@weekly', '2026-01-01T00:00:00Z', '2026-01-04T00:00:00Z'],
  ['@every 1h30m', '2026-01-01T00:00:00.500Z', '2026-01-01T01:30:00Z'],
  ['TZ=Asia/Tokyo 0 9 * * *', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
] as const) {
  test(`cron: "${text}" after ${after} is due at ${want}`, () => {
    const next = parseCronSchedule(text).next(Date.parse(after))
    assert.equal(next === undefined ? undefined : new Date(next).toISOString().replace('.000', ''), want)
  })
}

for (const [why, text, after, want] of [
  ['summer time', '30 8 * * *', '2026-07-01T00:00:00Z', '2026-07-01T12:30:00Z'],
  ['winter time', '30 8 * * *', '2026-01-01T00:00:00Z', '2026-01-01T13:30:00Z'],
  ['the hour that is skipped', '30 2 * * *', '2026-03-08T05:00:00Z', '2026-03-09T06:30:00Z'],
  ['the hour that comes twice, every hour', '30 * * * *', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
] as const) {
  test(`cron in New York: ${why}`, () => {
    const next = parseCronSchedule(text, new TimeZone('America/New_York')).next(Date.parse(after))
    assert.equal(new Date(next ?? 0).toISOString().replace('.000', ''), want)
  })
}

for (const [text, want] of [
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['@often', 'unrecognized descriptor: @often'],
  ['', 'empty spec string'],
] as const) {
  test(`cron: "${text}" is refused`, () => assert.throws(() => parseCronSchedule(text), new CronScheduleError(want)))
}

test('a time zone that does not exist is refused', () => {
  assert.throws(() => new TimeZone('Nowhere/Land'), new UnknownTimeZoneError('unknown time zone Nowhere/Land'))
})

test('a time zone writes its offset', () => {
  const ms = Date.parse('2026-07-01T00:00:00Z')
  assert.deepEqual(
    [new TimeZone('Asia/Kolkata').format(ms), new TimeZone('').format(ms)],
    ['2026-07-01T05:30:00+05:30', '2026-07-01T00:00:00Z'],
  )
})
