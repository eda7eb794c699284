/** Logs for people, as klog writes them: `I0102 15:04:05.000000 message key="value"`. */
import type { Writable } from 'node:stream'
import type { Clock } from '#base/env/clock'
import type { Log, LogFacts, LogLevel } from '#base/env/log'
import { errorText } from './json-log.ts'

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const letters: Readonly<Record<LogLevel, string>> = { debug: 'D', info: 'I', warn: 'W', error: 'E' }

export function textLog(destination: Writable, level: LogLevel, clock: Clock): Log {
  const write = (line: string) => destination.write(line)
  return logWith({}, (at, message, facts) => {
    if (levels.indexOf(at) >= levels.indexOf(level)) write(`${letters[at]}${stampOf(clock.nowMs())} ${message}${factsText(facts)}\n`)
  })
}

function logWith(own: LogFacts, write: (level: LogLevel, message: string, facts: LogFacts) => void): Log {
  const at =
    (level: LogLevel) =>
    (message: string, facts: LogFacts = {}) =>
      write(level, message, { ...own, ...facts })
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (facts) => logWith({ ...own, ...facts }, write),
  }
}

function stampOf(nowMs: number): string {
  const iso = new Date(nowMs).toISOString()
  return `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000`
}

function factsText(facts: LogFacts): string {
  return Object.entries(facts)
    .map(([name, value]) => ` ${name === 'error' ? 'err' : name}=${valueText(name, value)}`)
    .join('')
}

function valueText(name: string, value: unknown): string {
  if (name === 'error') return JSON.stringify(errorText(value))
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : (JSON.stringify(value) ?? 'undefined')
}
