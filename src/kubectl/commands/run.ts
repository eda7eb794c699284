/** `kubectl run`: one pod of an image, and perhaps a conversation with it. */
import { boolFlag, durationFlag, intFlag, repeatedFlag, stringFlag } from '#component/flags'
import { parseSelector } from '#meta/labels'
import { type Call, defineCommand } from '../command.ts'
import { createNewObject, requireFlags } from '../create/creation.ts'
import { labelSelectorOf } from '../create/label-selector.ts'
import { overrideFlags, withOverrides } from '../create/overrides.ts'
import { CommandError, UsageError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { type DryRun, dryRunFlag, dryRunOf, reporter } from '../print/outcome.ts'
import { madeResources } from '../resources/made-resources.ts'
import { type AnyObject, type Fields, fieldsOf } from '../resources/unstructured.ts'
import { talkToPod } from '../run/talk.ts'

const runFlags = {
  ...formatFlags,
  ...overrideFlags,
  annotations: repeatedFlag([], 'An annotation of the pod, as KEY=VALUE.'),
  attach: boolFlag(false, 'Wait until the pod runs, and show what it prints; true with --stdin.'),
  command: boolFlag(false, 'What stands behind -- is the command, not its arguments.'),
  'dry-run': dryRunFlag,
  env: repeatedFlag([], 'A variable of the container, as NAME=VALUE.'),
  expose: boolFlag(false, 'Make a service for the pod, of --port.'),
  'field-manager': stringFlag('kubectl-run', 'Whose fields these are, for managedFields.'),
  'grace-period': intFlag(-1, 'With --rm: seconds that the pod gets to end by itself.'),
  image: stringFlag('', 'Image of the container.'),
  'image-pull-policy': stringFlag('', 'When to pull the image: Always, IfNotPresent or Never.'),
  labels: stringFlag('', 'Labels of the pod, as KEY=VALUE, joined by commas.', { shorthand: 'l' }),
  'leave-stdin-open': boolFlag(false, 'With --stdin: a second attach may follow.'),
  'pod-running-timeout': durationFlag(60_000, 'How long to wait until the pod runs.'),
  port: stringFlag('', 'The port that the container listens on.'),
  privileged: boolFlag(false, 'The container may do everything.'),
  quiet: boolFlag(false, 'Without a prompt.', { shorthand: 'q' }),
  restart: stringFlag('Always', 'Restart policy: Always, OnFailure or Never.'),
  rm: boolFlag(false, 'Delete the pod after it has ended.'),
  'save-config': boolFlag(false, 'Remember the object for a later apply.'),
  stdin: boolFlag(false, 'Keep standard input open.', { shorthand: 'i' }),
  tty: boolFlag(false, 'Give the container a terminal.', { shorthand: 't' }),
}

export type RunCall = Call<typeof runFlags>

export const run = defineCommand({
  name: 'run',
  summary: 'Create and run a particular image in a pod',
  examples: [
    ['A pod', 'kubectl run web --image=nginx --port=80'],
    ['What would be sent', 'kubectl run web --image=nginx --dry-run=client -o yaml'],
    ['A shell that is gone afterwards', 'kubectl run -it --rm shell --image=busybox --restart=Never'],
    ['A command of its own', 'kubectl run web --image=nginx --command -- <cmd> <arg1> ... <argN>'],
  ],
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  flags: runFlags,
  async run(call) {
    requireFlags(call, ['image'])
    const { flags } = call
    const name = podName(call)
    const dryRun = dryRunOf(flags['dry-run'])
    const isAttached = call.given.has('attach') ? flags.attach : flags.stdin || flags.tty
    checkFlags(flags, isAttached, dryRun)
    const report = await reporter(call, flags, dryRun)
    if (flags.expose) {
      const service = await createNewObject(call, madeResources.service, serviceFor(call, name), dryRun)
      report({ resource: madeResources.service, object: service, operation: 'created', keepsOrder: true })
      // As upstream: documents of a dry run are set apart twice.
      if (flags.output === 'yaml') call.out('---\n')
    }
    const draft = await withOverrides(madeResources.pod, podFor(call, name), flags)
    const pod = await createNewObject(call, madeResources.pod, draft, dryRun)
    if (isAttached) return await talkToPod(call, pod)
    report({ resource: madeResources.pod, object: pod, operation: 'created', keepsOrder: true })
  },
})

function podName({ args, dashAt }: RunCall): string {
  const [name] = dashAt === 0 ? [] : args
  if (name === undefined) throw new UsageError('NAME is required for run')
  return name
}

// In upstream's order, which decides what is said first.
function checkFlags(flags: RunCall['flags'], isAttached: boolean, dryRun: DryRun): void {
  if (
    !/^[a-z0-9]/.test(flags.image) ||
    !/^[\w./:@-]+$/.test(flags.image) ||
    /[A-Z]/.test(flags.image.replace(/[:@].*$/, '').replace(/^[^/]*\//, '')) ||
    /[/:.-]$/.test(flags.image)
  )
    throw new CommandError(`Invalid image name ${JSON.stringify(flags.image)}: invalid reference format`)
  if (flags.tty && !flags.stdin) throw new UsageError('-i/--stdin is required for containers with -t/--tty=true')
  if (flags.expose && flags.port === '') throw new UsageError('--port must be set when exposing a service')
  if (flags.rm && !isAttached) throw new UsageError('--rm should only be used for attached containers')
  if (isAttached && dryRun !== 'none')
    throw new UsageError("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)")
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(flags['image-pull-policy']))
    throw new UsageError(`invalid image pull policy: ${flags['image-pull-policy']}`)
  if (!['Always', 'OnFailure', 'Never'].includes(flags.restart)) throw new UsageError(`invalid restart policy: ${flags.restart}`)
}

function podFor(call: RunCall, name: string): AnyObject {
  const { flags } = call
  const annotations = Object.fromEntries(flags.annotations.map((text) => pairOf(text, 'annotation')))
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels: labelsOf(call, name), ...(flags.annotations.length === 0 ? {} : { annotations }) },
    spec: { containers: [containerFor(call, name)], restartPolicy: flags.restart, dnsPolicy: 'ClusterFirst' },
    status: {},
  }
}

function labelsOf({ flags }: RunCall, name: string): Readonly<Record<string, string>> {
  if (flags.labels === '') return { run: name }
  return fieldsOf(labelSelectorOf(parseSelector(flags.labels))['matchLabels']) as Readonly<Record<string, string>>
}

function containerFor({ flags, args }: RunCall, name: string): Fields {
  const words = args.slice(1)
  const env = flags.env.map((text) => pairOf(text, 'env')).map(([key, value]) => ({ name: key, value }))
  return {
    name,
    image: flags.image,
    ...(words.length === 0 ? {} : { [flags.command ? 'command' : 'args']: words }),
    ...(flags.port === '' ? {} : { ports: [{ containerPort: portNumber(flags.port) }] }),
    ...(env.length === 0 ? {} : { env }),
    resources: {},
    ...(flags['image-pull-policy'] === '' ? {} : { imagePullPolicy: flags['image-pull-policy'] }),
    ...(flags.privileged ? { securityContext: { privileged: true } } : {}),
    ...(flags.stdin ? { stdin: true, ...(flags['leave-stdin-open'] ? {} : { stdinOnce: true }) } : {}),
    ...(flags.tty ? { tty: true } : {}),
  }
}

function serviceFor(call: RunCall, name: string): AnyObject {
  const port = portNumber(call.flags.port)
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name },
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: labelsOf(call, name) },
    status: { loadBalancer: {} },
  }
}

function pairOf(text: string, noun: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals <= 0) throw new CommandError(`invalid ${noun}: ${text}`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}

function portNumber(text: string): number {
  if (!/^[-+]?[0-9]+$/.test(text)) throw new CommandError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
