/** `kubectl exec`: a command in a container that runs. */
import { boolFlag, durationFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, UsageError } from '../errors.ts'
import { chosenContainer } from '../pods/containers.ts'
import { namedTarget, podsOf } from '../pods/pods-of.ts'
import { fileFlags } from '../resources/manifests.ts'
import { runInContainer } from '../streams/container-session.ts'

const execFlags = {
  container: stringFlag('', 'The container; the default one of the pod unless given.', { shorthand: 'c' }),
  filename: fileFlags.filename,
  'pod-running-timeout': durationFlag(60_000, 'How long to wait until a pod of the object runs.'),
  quiet: boolFlag(false, 'Print only what the command prints.', { shorthand: 'q' }),
  stdin: boolFlag(false, 'Pass standard input on to the container.', { shorthand: 'i' }),
  tty: boolFlag(false, 'Standard input is a terminal.', { shorthand: 't' }),
}

type ExecCall = Call<typeof execFlags>

export const exec = defineCommand({
  name: 'exec',
  summary: 'Execute a command in a container',
  examples: [
    ['Print the date in the default container of a pod', 'kubectl exec mypod -- date'],
    ['A shell in a container of a pod, at this terminal', 'kubectl exec mypod -c web -it -- sh'],
    ['In a pod of a deployment', 'kubectl exec deploy/mydeployment -- date'],
  ],
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  flags: execFlags,
  async run(call) {
    const { flags, err, host } = call
    const { words, command } = splitArgs(call)
    const files = { filename: flags.filename, recursive: false, kustomize: '' }
    const target = await namedTarget(call, { words, files: flags.filename.length === 0 ? undefined : files })
    const [pod] = await podsOf(call, target, {
      refusal: 'cannot attach to',
      timeoutMs: flags['pod-running-timeout'],
      restarts: 'few-first',
    })
    const phase = pod?.status?.phase ?? ''
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
    if (pod === undefined) throw new CommandError('no pod to exec into')
    const warn = flags.quiet ? () => {} : err
    const container = chosenContainer(pod, flags.container, warn).name
    const tty = flags.tty && flags.stdin && host.stdin.isTTY
    if (flags.tty && !tty) warn('Unable to use a TTY - input is not a terminal or the right kind of file\n')
    return await runInContainer(call, { action: 'exec', pod, container, command, stdin: flags.stdin, tty })
  },
})

function splitArgs({ args, dashAt, flags }: ExecCall): { readonly words: readonly string[]; readonly command: readonly string[] } {
  const hasFile = flags.filename.length > 0
  const words = args.slice(0, dashAt)
  const command = dashAt === undefined ? [] : args.slice(dashAt)
  if (words.length === 0 && !hasFile) throw new CommandError('pod, type/name or --filename must be specified')
  if (dashAt === undefined && words.length > 1)
    throw new UsageError('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
  if (command.length === 0) throw new CommandError('you must specify at least one command for the container')
  return { words, command }
}
