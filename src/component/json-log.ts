/** Logs as one JSON object a line, through pino. */
import type { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'
import type { Clock } from '#base/env/clock'
import type { Log, LogFacts, LogLevel } from '#base/env/log'

export function jsonLog(destination: Writable, level: LogLevel, clock: Clock): Log {
  const timestamp = () => `,"ts":${clock.nowMs()}`
  return logOver(
    pino({ level, base: null, messageKey: 'msg', timestamp, formatters: { level: (label) => ({ level: label }) } }, destination),
  )
}

function logOver(logger: Logger): Log {
  return {
    debug: (message, facts) => logger.debug(plain(facts), message),
    info: (message, facts) => logger.info(plain(facts), message),
    warn: (message, facts) => logger.warn(plain(facts), message),
    error: (message, facts) => logger.error(plain(facts), message),
    with: (facts) => logOver(logger.child(plain(facts))),
  }
}

/** An error is no plain object: JSON would show `{}`. */
function plain(facts: LogFacts = {}): Record<string, unknown> {
  const { error, ...rest } = facts
  return error === undefined ? rest : { ...rest, err: errorText(error) }
}

/** The message for what is expected; the stack for what looks like a bug. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isExpected = error.name === 'StatusError' || error.name === 'ConnectionError'
  return isExpected ? error.message : (error.stack ?? error.message)
}
