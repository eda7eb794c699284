/** `kubectl attach`: the streams of a container that runs already. */
import { boolFlag, durationFlag, stringFlag } from '#component/flags'
import type { Pod } from '#kinds/core/types.gen'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, messageOf } from '../errors.ts'
import { chosenContainer } from '../pods/containers.ts'
import { namedTarget, podsOf } from '../pods/pods-of.ts'
import { runInContainer } from '../streams/container-session.ts'

const attachFlags = {
  container: stringFlag('', 'The container; the default one of the pod unless given.', { shorthand: 'c' }),
  'pod-running-timeout': durationFlag(60_000, 'How long to wait until a pod of the object runs.'),
  quiet: boolFlag(false, 'Print only what the container prints.', { shorthand: 'q' }),
  stdin: boolFlag(false, 'Pass standard input on to the container.', { shorthand: 'i' }),
  tty: boolFlag(false, 'Standard input is a terminal.', { shorthand: 't' }),
}

type AttachCall = Call<typeof attachFlags>

/** What whoever attaches should know. */
export const attachWarning =
  "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n"

export const attach = defineCommand({
  name: 'attach',
  summary: 'Attach to a process that is already running inside an existing container',
  examples: [
    ['Output of the default container of a pod', 'kubectl attach mypod'],
    ['Its terminal', 'kubectl attach mypod -c web -it'],
  ],
  usage: '(POD | TYPE/NAME) -c CONTAINER',
  flags: attachFlags,
  async run(call) {
    const { flags, args, err } = call
    if (args.length === 0) throw new CommandError('at least 1 argument is required for attach')
    if (args.length > 2) throw new CommandError('expected POD, TYPE/NAME, or TYPE NAME')
    const target = await namedTarget(call, { words: args })
    const wanted = { refusal: 'cannot attach to', timeoutMs: flags['pod-running-timeout'], restarts: 'few-first' } as const
    const [pod] = await podsOf(call, target, wanted)
    const phase = pod?.status?.phase ?? ''
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new CommandError(`cannot attach a container in a completed pod; current phase is ${phase}`)
    if (pod === undefined) throw new CommandError('no pod to attach to')
    const container = containerOf(call, pod)
    const tty = terminalOf(call, container)
    if (!flags.quiet) err(attachWarning)
    const status = await runInContainer(call, { action: 'attach', pod, container: container.name, command: [], stdin: flags.stdin, tty })
    if (status === 0 && tty && pod.spec?.restartPolicy === 'Always')
      call.out(
        `Session ended, resume using '${call.path} ${pod.metadata.name} -c ${container.name} -n ${pod.metadata.namespace} -i -t' command\n`,
      )
    return status
  },
})

type AnyContainer = ReturnType<typeof chosenContainer>

function containerOf({ flags, err }: AttachCall, pod: Pod): AnyContainer {
  try {
    return chosenContainer(pod, flags.container, flags.quiet ? () => {} : err)
  } catch (error) {
    throw new CommandError(`cannot attach to the container: ${messageOf(error)}`)
  }
}

/** Whether both ends have a terminal. */
function terminalOf({ flags, host, err }: AttachCall, container: AnyContainer): boolean {
  if (!flags.tty) return false
  if (container.tty !== true) {
    if (!flags.quiet) err(`Unable to use a TTY - container ${container.name} did not allocate one\n`)
    return false
  }
  const isTerminal = flags.stdin && host.stdin.isTTY
  if (!isTerminal && !flags.quiet) err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  return isTerminal
}
