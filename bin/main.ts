/** From a command line to a command: `navarch NAME ...`, or a link that is called `kubectl`, `kubelet`, ... */
import { basename } from 'node:path'
import { systemClock } from '#base/env/clock'
import { systemRandom } from '#base/env/random'
import { helpText } from '#component/flag-help'
import { FlagError, parseFlags } from '#component/flags'
import { nearestName } from '#component/nearest-name'
import { type ComponentProcess, runComponent } from '#component/run-component'
import { upstreamVersion } from '#component/version'
import { failureMessage } from '#local/failure-message'
import { type Host } from '#local/local-command'
import { LocalError } from '#local/settings'
import { type CommandEntry, commands } from './commands.ts'

/** Resolves with the exit status. `program` is what was started, also where it was called through a link. */
export async function main(argv: readonly string[], program: string): Promise<number> {
  const [node = '', file = '', ...words] = argv
  const calledAs = commands.find((entry) => entry.name === basename(file))
  const [name = 'help', ...rest] = calledAs === undefined ? words : [calledAs.name, ...words]
  const host = hostOf([node, program])
  if (name === 'help' || name === '--help' || name === '-h') {
    host.stdout.write(overview())
    return 0
  }
  if (name === 'version' || name === '--version') {
    host.stdout.write(`navarch, Kubernetes ${host.version}\n`)
    return 0
  }
  const entry = commands.find((one) => one.name === name)
  if (entry === undefined) {
    const nearest = nearestName(
      name,
      commands.map((one) => one.name),
    )
    host.stderr.write(
      `Error: unknown command "${name}" for "navarch"${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}\nRun 'navarch help' for usage.\n`,
    )
    return 1
  }
  return await run(entry, rest, host)
}

async function run(entry: CommandEntry, argv: readonly string[], host: Host): Promise<number> {
  switch (entry.type) {
    case 'component':
      return await runComponent(await entry.load(), argv, processOf(host))
    case 'tool':
      return await (await entry.load())(argv, host)
    case 'local':
      return await runLocal(entry, argv, host)
  }
}

async function runLocal(entry: CommandEntry & { readonly type: 'local' }, argv: readonly string[], host: Host): Promise<number> {
  const command = await entry.load()
  const usage = `navarch ${command.name}${command.usage === '' ? '' : ` ${command.usage}`}`
  if (argv.includes('--help') || argv.includes('-h')) {
    host.stdout.write(helpText(usage, command.summary, command.flags))
    return 0
  }
  const stop = new AbortController()
  using _signals = onStopSignal(() => stop.abort(new LocalError('interrupted: what is done so far stays; run the command again to go on')))
  try {
    const { values, args, given } = parseFlags(command.flags, argv)
    if (command.usage === '' && args.length > 0) throw new FlagError(`"navarch ${command.name}" takes no arguments: ${args.join(' ')}`)
    return await command.run(host, values, { args, given, signal: stop.signal })
  } catch (error) {
    const message = failureMessage(stop.signal.aborted ? stop.signal.reason : error)
    if (message === undefined) throw error
    host.stderr.write(`Error: ${message}\n`)
    return stop.signal.aborted ? interruptedStatus : 1
  }
}

/** As a shell reports a program that was ended by SIGINT. */
const interruptedStatus = 130

function hostOf(self: readonly string[]): Host {
  const { stdin, stdout, stderr, env } = process
  return {
    clock: systemClock,
    random: systemRandom,
    stdin,
    stdout,
    stderr,
    environment: env,
    version: upstreamVersion,
    self,
  }
}

function processOf(host: Host): ComponentProcess {
  return { stdout: host.stdout, stderr: host.stderr, version: host.version, onStopSignal }
}

function onStopSignal(stop: () => void): Disposable {
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return { [Symbol.dispose]: () => process.off('SIGINT', stop).off('SIGTERM', stop) }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 3
  const section = (title: string, type: CommandEntry['type']) =>
    [
      `${title}:`,
      ...commands.filter((entry) => entry.type === type).map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
      '',
    ].join('\n')
  return [
    'Kubernetes on this machine, in one command.\n',
    section('A cluster on this machine', 'local'),
    section('Tools', 'tool'),
    section('Single components, with the flags of upstream', 'component'),
    'Run "navarch COMMAND --help" for more about a command.\n',
  ].join('\n')
}
