/** Times as protobuf has them: seconds since 1970 and, of micro times, nanoseconds. */
import { ProtobufError } from '#base/encoding/protobuf-error'
import { rfc3339 } from '#base/env/clock'

/** Midnight of the first of January of the year 1: for Go no time at all. */
export const zeroTimeSeconds = -62_135_596_800
const lastSecond = 253_402_300_799

export function secondsOf(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new ProtobufError(`${JSON.stringify(text)} is no time`)
  return Math.floor(ms / 1000)
}

/** Of a time in canonical form, with six digits behind the point. */
export function nanosOf(text: string): number {
  return Number(text.slice(20, 26)) * 1000
}

/** Undefined for the zero time. */
export function timeOf(seconds: number | bigint): string | undefined {
  if (typeof seconds === 'bigint' || seconds < zeroTimeSeconds || seconds > lastSecond)
    throw new ProtobufError(`time ${seconds} is outside of the years 1 to 9999`)
  return seconds === zeroTimeSeconds ? undefined : rfc3339(seconds * 1000)
}

export function microTimeOf(seconds: number | bigint, nanos: number): string | undefined {
  if (nanos < 0 || nanos > 999_999_999) throw new ProtobufError(`${nanos} nanoseconds are not within a second`)
  const micros = Math.floor(nanos / 1000)
  const time = timeOf(seconds)
  if (time === undefined && micros > 0) throw new ProtobufError('time before the year 1')
  return time === undefined ? undefined : `${time.slice(0, -1)}.${String(micros).padStart(6, '0')}Z`
}
