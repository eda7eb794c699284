/** `kubectl logs`: what containers have said, or go on saying. */
import { boolFlag, durationFlag, intFlag, stringFlag } from '#component/flags'
import type { Pod } from '#kinds/core/types.gen'
import { hasReason } from '#meta/status'
import { type Call, defineCommand } from '../command.ts'
import { pods } from '../describe/collections.ts'
import { CommandError, UsageError } from '../errors.ts'
import { type LogQuery, type LogSource, showLogs } from '../logs/log-streams.ts'
import { allContainers, chosenContainer } from '../pods/containers.ts'
import { asPod, namedTarget, podsOf } from '../pods/pods-of.ts'
import { listObjects } from '../resources/access.ts'
import { type LiveTarget } from '../resources/each-target.ts'

const logFlags = {
  'all-containers': boolFlag(false, 'The logs of all containers of a pod.'),
  'all-pods': boolFlag(false, 'The logs of all pods of the object; sets --prefix.'),
  container: stringFlag('', 'The container.', { shorthand: 'c' }),
  follow: boolFlag(false, 'Go on with what comes.', { shorthand: 'f' }),
  'ignore-errors': boolFlag(false, 'Go on with other logs where one cannot be read.'),
  'insecure-skip-tls-verify-backend': boolFlag(false, "Do not check the certificate of the pod's node."),
  'limit-bytes': intFlag(0, 'End after so many bytes; 0 for no limit.'),
  'max-log-requests': intFlag(5, 'How many logs may be followed at once.'),
  'pod-running-timeout': durationFlag(20_000, 'How long to wait until a pod of the object runs.'),
  prefix: boolFlag(false, 'Begin each line with its pod and container.'),
  previous: boolFlag(false, 'The log of the container that ran before.', { shorthand: 'p' }),
  selector: stringFlag('', 'The logs of all pods with these labels.', { shorthand: 'l' }),
  since: durationFlag(0, 'Only what is younger than this, such as 5s, 2m or 3h.'),
  'since-time': stringFlag('', 'Only what came after this time (RFC 3339).'),
  tail: intFlag(-1, 'Only so many lines from the end; -1 for all, or 10 with a selector.'),
  timestamps: boolFlag(false, 'Begin each line with its time.'),
}

type LogCall = Call<typeof logFlags>

const expected = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"

export const logs = defineCommand({
  name: 'logs',
  aliases: ['log'],
  summary:
    'Print the logs for a container in a pod or specified resource. If the pod has only one container, the container name is optional',
  examples: [
    ['The log of a pod with one container', 'kubectl logs nginx'],
    ['The last 20 lines, and what comes', 'kubectl logs -f --tail=20 nginx'],
    ['All containers of all pods with a label', 'kubectl logs -l app=nginx --all-containers --prefix'],
    ['What the container said before it was started anew', 'kubectl logs -p -c web nginx'],
    ['One pod of a deployment', 'kubectl logs deployment/nginx'],
  ],
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  flags: logFlags,
  async run(call) {
    const { flags, args } = call
    checkArgs(call)
    const wanted = flags.container || args[1] || ''
    const isLatest = flags.selector !== ''
    const sources = isLatest ? await selectedSources(call, wanted) : await namedSources(call, wanted)
    if (flags.follow && sources.length > 1 && sources.length > flags['max-log-requests'])
      throw new CommandError(
        `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${flags['max-log-requests']}, use --max-log-requests to increase the limit`,
      )
    const look = {
      query: queryOf(call),
      hasPrefix: flags.prefix || (flags['all-pods'] && !call.given.has('prefix')),
      ignoresErrors: flags['ignore-errors'],
    }
    await showLogs(call, sources, look, flags.follow && sources.length > 1)
  },
})

function checkArgs({ flags, args, given }: LogCall): void {
  if (args.length === 0 && flags.selector === '') throw new UsageError(expected)
  if (args.length > 2) throw new UsageError(expected)
  if (flags.selector !== '' && args.length > 0) throw new UsageError('only a selector (-l) or a POD name is allowed')
  if (args.length === 2 && flags.container !== '') throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed')
  if (given.has('since-time') && flags.since !== 0) throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags['all-containers'] && flags.container !== '')
    throw new CommandError(`--all-containers=true should not be specified with container name ${flags.container}`)
  if (given.has('limit-bytes') && flags['limit-bytes'] <= 0) throw new CommandError('--limit-bytes must be greater than 0')
  if (flags.tail < -1) throw new CommandError('--tail must be greater than or equal to -1')
  if (flags.since < 0) throw new CommandError('--since must be greater than 0')
  const time = flags['since-time']
  if (time !== '' && Number.isNaN(Date.parse(time)))
    throw new CommandError(
      `parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(time)} as "2006"`,
    )
}

/** As upstream: many pods at once are worth their last lines only. */
const selectorTailLines = 10

function queryOf({ flags }: LogCall): LogQuery {
  const tail = flags.tail === -1 && flags.selector !== '' ? selectorTailLines : flags.tail
  return {
    follow: flags.follow || undefined,
    previous: flags.previous || undefined,
    timestamps: flags.timestamps || undefined,
    insecureSkipTLSVerifyBackend: flags['insecure-skip-tls-verify-backend'] || undefined,
    limitBytes: flags['limit-bytes'] || undefined,
    sinceSeconds: flags.since === 0 ? undefined : Math.ceil(flags.since / 1000),
    sinceTime: flags['since-time'] || undefined,
    tailLines: tail < 0 ? undefined : tail,
  }
}

async function selectedSources(call: LogCall, wanted: string): Promise<readonly LogSource[]> {
  const namespace = (await call.cluster.namespace()).name
  const { items = [] } = await listObjects(call.cluster, pods, namespace, { labelSelector: call.flags.selector })
  if (items.length === 0) call.err(`No resources found in ${namespace} namespace.\n`)
  return items.flatMap((item) => sourcesOf(call, asPod(item), wanted))
}

async function namedSources(call: LogCall, wanted: string): Promise<readonly LogSource[]> {
  const { flags, err } = call
  const found = await podsOf(call, await target(call), {
    refusal: 'cannot get the logs from',
    timeoutMs: flags['pod-running-timeout'],
    restarts: 'many-first',
  })
  const [first] = found
  if (flags['all-pods'] || first === undefined) return found.flatMap((pod) => sourcesOf(call, pod, wanted))
  if (found.length > 1) err(`Found ${found.length} pods, using pod/${first.metadata.name}\n`)
  return sourcesOf(call, first, wanted)
}

async function target(call: LogCall): Promise<LiveTarget> {
  const [word = ''] = call.args
  try {
    return await namedTarget(call, { words: [word] })
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error
    throw new CommandError(
      `error from server (NotFound): ${error.message} in namespace ${JSON.stringify((await call.cluster.namespace()).name)}`,
    )
  }
}

function sourcesOf(call: LogCall, pod: Pod, wanted: string): readonly LogSource[] {
  if (call.flags['all-containers']) return allContainers(pod).map(({ name }) => ({ pod, container: name }))
  return [{ pod, container: chosenContainer(pod, wanted, call.err).name }]
}
