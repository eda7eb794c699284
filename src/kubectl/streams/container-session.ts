/** One session of exec or attach, from the request to the exit status. */
import type { Pod } from '#kinds/core/types.gen'
import { resourcePath } from '#meta/kind'
import { dialExec } from '#net/streams/exec-client'
import type { Call } from '../command.ts'
import { pods } from '../describe/collections.ts'
import { dialled, dialTargetOf } from './dial-target.ts'
import { exitStatusOf, joinTerminal } from './terminal.ts'

export type Session = {
  readonly action: 'exec' | 'attach'
  readonly pod: Pod
  readonly container: string
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly tty: boolean
}

export async function runInContainer({ cluster, host, err, signal }: Call, session: Session): Promise<number> {
  const { action, pod, container, command, stdin, tty } = session
  const options = { stdin, stdout: true, stderr: !tty, tty }
  const asked = Object.fromEntries(Object.entries(options).filter(([, isWanted]) => isWanted))
  const path = resourcePath(pods, pod.metadata.namespace, encodeURIComponent(pod.metadata.name ?? ''), action)
  const target = await dialTargetOf(cluster, path, { command, container, ...asked })
  const streams = await dialled(dialExec(target, { ...options, transports: ['websocket', 'spdy'] }, signal))
  return exitStatusOf(await joinTerminal(host, streams, tty), err)
}
