/** From a command line to a running daemon and its exit status. */
import type { Writable } from 'node:stream'
import { systemClock } from '#base/env/clock'
import type { Env } from '#base/env/env'
import { systemRandom } from '#base/env/random'
import type { Component } from './component.ts'
import { helpText } from './flag-help.ts'
import { FlagError, type FlagTable, type ParsedFlags, parseFlags } from './flags.ts'
import { jsonLog } from './json-log.ts'
import { type LogFlags, logFlags } from './log-flags.ts'
import { textLog } from './text-log.ts'
import { upstreamFlags } from './upstream-flags.ts'

/** The process around a component: its streams, its signals and its version. */
export type ComponentProcess = {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly version: string
  /** Calls `stop` for each signal that asks the process to end. */
  readonly onStopSignal: (stop: () => void) => Disposable
}

/** Resolves with the exit status once the component has ended. */
export async function runComponent(component: Component, argv: readonly string[], host: ComponentProcess): Promise<number> {
  const table = { ...logFlags, ...component.flags }
  if (argv.includes('--help') || argv.includes('-h')) {
    host.stdout.write(helpText(component.name, component.summary, table))
    return 0
  }
  if (argv.some((word) => word === '--version' || word === '--version=true')) {
    host.stdout.write(`Kubernetes ${host.version}\n`)
    return 0
  }
  const parsed = parsedOrUndefined(component, table, argv, host)
  if (parsed === undefined) return 1
  const env = envOf(parsed.values as unknown as LogFlags, host)
  for (const name of parsed.withoutEffect) env.log.warn(`flag --${name} is accepted but has no effect yet`)
  return await runUntilStopped(component, env, parsed, host)
}

function parsedOrUndefined(
  component: Component,
  table: FlagTable,
  argv: readonly string[],
  host: ComponentProcess,
): ParsedFlags<FlagTable> | undefined {
  try {
    const parsed = parseFlags(table, argv, upstreamFlags(component.name))
    const [extra] = parsed.args
    if (extra !== undefined) throw new FlagError(`unknown command ${JSON.stringify(extra)} for ${JSON.stringify(component.name)}`)
    return parsed
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    host.stderr.write(`Error: ${error.message}\nRun '${component.name} --help' for usage.\n`)
    return undefined
  }
}

function envOf(flags: LogFlags, host: ComponentProcess): Env {
  const level = flags.v >= 4 ? 'debug' : 'info'
  const isJson = flags['logging-format'] === 'json'
  const log = isJson ? jsonLog(host.stderr, level, systemClock) : textLog(host.stderr, level, systemClock)
  return { clock: systemClock, random: systemRandom, log }
}

async function runUntilStopped(component: Component, env: Env, parsed: ParsedFlags<FlagTable>, host: ComponentProcess): Promise<number> {
  const stop = new AbortController()
  using _signals = host.onStopSignal(() => stop.abort(new Error('the process was told to stop')))
  try {
    await component.run(env, parsed.values, stop.signal)
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 0
    env.log.error(`${component.name} ended`, { error })
    return 1
  }
}
