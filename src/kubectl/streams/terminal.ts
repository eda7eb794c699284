/** A container's streams on the streams of this process, with its terminal given over to the container if there is one. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { type ExecOutcome, readExecOutcome } from '#net/streams/exec-outcome'
import type { ExecStreams } from '#net/streams/exec-streams'
import type { Host } from '../command.ts'
import { CommandError } from '../errors.ts'

/** Resolves when the command has ended and all that it said is written. */
export async function joinTerminal(host: Host, streams: ExecStreams, isTty: boolean): Promise<ExecOutcome> {
  using _rawMode = isTty ? rawMode(host) : undefined
  using _sizes = isTty ? sentSizes(host, streams.resize) : undefined
  using _input = streams.stdin === undefined ? undefined : sentInput(host, streams.stdin)
  const [outcome] = await Promise.all([
    readExecOutcome(streams.error, streams.version),
    written(streams.stdout, host.stdout),
    written(streams.stderr, host.stderr),
  ])
  streams.close()
  return outcome
}

/** The exit status of this process, from the command's. */
export function exitStatusOf(outcome: ExecOutcome, err: (text: string) => void): number {
  if (outcome.kind === 'success') return 0
  if (outcome.kind === 'failure') throw new CommandError(outcome.message)
  err(`command terminated with exit code ${outcome.exitCode}\n`)
  return outcome.exitCode
}

/** Keys go to the container as they are, Ctrl-C among them. */
function rawMode({ stdin }: Host): Disposable {
  stdin.setRawMode(true)
  return { [Symbol.dispose]: () => void stdin.setRawMode(false) }
}

function sentSizes({ stdout }: Host, resize: Duplex | undefined): Disposable {
  const send = () => void resize?.write(JSON.stringify({ Width: stdout.columns, Height: stdout.rows }))
  send()
  stdout.on('resize', send)
  return { [Symbol.dispose]: () => void stdout.off('resize', send) }
}

function sentInput({ stdin }: Host, sink: Duplex): Disposable {
  stdin.pipe(sink)
  return {
    [Symbol.dispose]() {
      stdin.unpipe(sink)
      stdin.pause()
    },
  }
}

async function written(source: Duplex | undefined, sink: NodeJS.WriteStream): Promise<void> {
  if (source === undefined) return
  for await (const chunk of source) if (!sink.write(chunk)) await once(sink, 'drain')
}
