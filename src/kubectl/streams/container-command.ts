/** A command in a container whose input and output are streams of this program. */
import type { Readable } from 'node:stream'
import type { Pod } from '#kinds/core/types.gen'
import { resourcePath } from '#meta/kind'
import { dialExec } from '#net/streams/exec-client'
import { type ExecOutcome, readExecOutcome } from '#net/streams/exec-outcome'
import type { Call } from '../command.ts'
import { pods } from '../describe/collections.ts'
import { dialled, dialTargetOf } from './dial-target.ts'

export type ContainerCommand = {
  readonly pod: Pod
  readonly container: string
  readonly command: readonly string[]
  readonly input?: Readable
  readonly onOutput?: (output: Readable) => Promise<unknown>
  readonly onError?: (text: string) => void
}

/** Resolves when the command has ended and its output is taken. */
export async function commandOutcome({ cluster, signal }: Call, wanted: ContainerCommand): Promise<ExecOutcome> {
  const { pod, container, command, input, onOutput, onError } = wanted
  const options = { stdin: input !== undefined, stdout: true, stderr: true, tty: false }
  const path = resourcePath(pods, pod.metadata.namespace, encodeURIComponent(pod.metadata.name ?? ''), 'exec')
  const asked = { command, container, stdin: options.stdin || undefined, stdout: true, stderr: true }
  const target = await dialTargetOf(cluster, path, asked)
  const streams = await dialled(dialExec(target, { ...options, transports: ['websocket', 'spdy'] }, signal))
  if (input !== undefined && streams.stdin !== undefined) input.pipe(streams.stdin)
  const { stdout, stderr } = streams
  stderr?.on('data', (chunk: Buffer) => onError?.(chunk.toString()))
  const [outcome] = await Promise.all([
    readExecOutcome(streams.error, streams.version),
    stdout === undefined ? undefined : onOutput === undefined ? stdout.resume() : onOutput(stdout),
  ])
  streams.close()
  return outcome
}
