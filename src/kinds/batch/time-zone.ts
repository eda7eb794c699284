/** A time zone by its IANA name: the clock on the wall at a moment, and the moment of a midnight. */

export class UnknownTimeZoneError extends Error {
  override readonly name = 'UnknownTimeZoneError'
}

export type WallClock = {
  readonly year: number
  /** January is 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  /** Sunday is 0. */
  readonly weekday: number
}

export class TimeZone {
  readonly #format: Intl.DateTimeFormat

  /** The empty name is UTC. Throws an UnknownTimeZoneError. */
  constructor(name: string) {
    try {
      const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
      this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name === '' ? 'UTC' : name, hourCycle: 'h23', ...fields })
    } catch (error) {
      throw new UnknownTimeZoneError(`unknown time zone ${name}`, { cause: error })
    }
  }

  wallOf(ms: number): WallClock {
    const wall = new Date(ms + this.#offsetMs(ms))
    return {
      year: wall.getUTCFullYear(),
      month: wall.getUTCMonth() + 1,
      day: wall.getUTCDate(),
      hour: wall.getUTCHours(),
      minute: wall.getUTCMinutes(),
      weekday: wall.getUTCDay(),
    }
  }

  /** Midnight of a day; months and days may run over. */
  utcOf(year: number, month: number, day: number): number {
    const wallMs = Date.UTC(year, month - 1, day)
    // The offset at the moment itself is not known before the moment is: one correction is enough.
    return wallMs - this.#offsetMs(wallMs - this.#offsetMs(wallMs))
  }

  /** RFC 3339, with the offset of the zone; `Z` for none. */
  format(ms: number): string {
    const offsetMs = this.#offsetMs(ms)
    const wall = new Date(ms + offsetMs).toISOString().slice(0, 19)
    if (offsetMs === 0) return `${wall}Z`
    const minutes = Math.abs(offsetMs) / 60_000
    const [hour, minute] = [Math.floor(minutes / 60), Math.floor(minutes % 60)].map((part) => String(part).padStart(2, '0'))
    return `${wall}${offsetMs < 0 ? '-' : '+'}${hour}:${minute}`
  }

  #offsetMs(ms: number): number {
    const parts = new Map(this.#format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
    const wallMs = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
    return wallMs - Math.floor(ms / 1000) * 1000
  }
}
