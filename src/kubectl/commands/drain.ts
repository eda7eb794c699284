/** `kubectl drain`: no new pods for a node, and those that are there go. */
import { boolFlag, durationFlag, intFlag, stringFlag } from '#component/flags'
import { hasReason } from '#meta/status'
import { type Call, defineCommand } from '../command.ts'
import { removePod } from '../drain/evict.ts'
import { type DaemonSetState, grouped, type Verdict, verdictOn } from '../drain/pod-verdict.ts'
import { CommandError, ManyErrors, messageOf, throwAll } from '../errors.ts'
import { eachNode } from '../nodes/chosen-nodes.ts'
import { setSchedulable } from '../nodes/schedulable.ts'
import { type DryRun, dryRunFlag, dryRunOf } from '../print/outcome.ts'
import { getObject, listObjects } from '../resources/access.ts'
import type { LiveTarget } from '../resources/each-target.ts'
import { madeResources } from '../resources/made-resources.ts'
import { resourceOfKind } from '../resources/queries.ts'
import type { AnyObject } from '../resources/unstructured.ts'

const drainFlags = {
  'chunk-size': intFlag(500, 'Ask for long lists in pieces of this size; 0 for all at once.'),
  'delete-emptydir-data': boolFlag(false, 'Pods whose emptyDir volumes will be lost may go too.'),
  'disable-eviction': boolFlag(false, 'Delete pods, whatever disruption budgets say.'),
  'dry-run': dryRunFlag,
  force: boolFlag(false, 'Pods that nobody makes anew may go too.'),
  'grace-period': intFlag(-1, 'Seconds that a pod gets to end by itself; -1 for its own.'),
  'ignore-daemonsets': boolFlag(false, 'Leave the pods of DaemonSets where they are.'),
  'pod-selector': stringFlag('', 'Only pods with these labels.'),
  selector: stringFlag('', 'Only nodes with these labels.', { shorthand: 'l' }),
  'skip-wait-for-delete-timeout': intFlag(0, 'Do not wait for pods that have been ending for more seconds than this.'),
  timeout: durationFlag(0, 'How long to try; 0 for ever.'),
}

type DrainCall = Call<typeof drainFlags>
type Judged = { readonly pod: AnyObject; readonly verdict: Verdict }

export const drain = defineCommand({
  name: 'drain',
  summary: 'Drain node in preparation for maintenance',
  description: 'New pods do not come any more, and those that are there are evicted, as far as disruption budgets allow.',
  examples: [
    ['Pods of DaemonSets stay', 'kubectl drain node-1 --ignore-daemonsets'],
    ['Pods without a controller go too', 'kubectl drain node-1 --force'],
    ['Each pod gets 15 minutes', 'kubectl drain node-1 --grace-period=900'],
  ],
  usage: 'NODE',
  flags: drainFlags,
  async run(call) {
    const dryRun = dryRunOf(call.flags['dry-run'])
    const nodes: LiveTarget[] = []
    await eachNode(call, { command: 'drain', selector: call.flags.selector }, async (node) => void nodes.push(node))
    for (const node of nodes) await setSchedulable(call, node, false, dryRun)
    const failures: unknown[] = []
    for (const [index, node] of nodes.entries()) {
      try {
        await drainNode(call, node, dryRun)
        call.out(`node/${node.name} drained${suffixOf(dryRun)}\n`)
      } catch (error) {
        failures.push(...(error instanceof ManyErrors ? error.errors : [error]))
        sayPending(call, error, nodes.slice(index))
      }
    }
    throwAll(failures)
  },
})

function suffixOf(dryRun: DryRun): string {
  return dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'
}

function sayPending({ err }: DrainCall, error: unknown, pending: readonly LiveTarget[]): void {
  const why = error instanceof ManyErrors ? `[${error.errors.map(messageOf).join(', ')}]` : messageOf(error)
  err(`error: unable to drain node ${JSON.stringify(pending[0]?.name)} due to error: ${why}, continuing command...\n`)
  err(`There are pending nodes to be drained:\n${pending.map(({ name }) => ` ${name}\n`).join('')}`)
}

async function drainNode(call: DrainCall, node: LiveTarget, dryRun: DryRun): Promise<void> {
  const judged = await podsOf(call, node)
  const refused = judged.flatMap(({ pod, verdict }) => (verdict.type === 'refuse' ? [{ pod, text: verdict.reason }] : []))
  if (refused.length > 0) throwAll(grouped(refused).map((text) => new CommandError(`cannot delete ${text}`, { isBare: true })))
  const warned = judged.flatMap(({ pod, verdict }) =>
    verdict.type !== 'refuse' && verdict.warning !== undefined ? [{ pod, text: verdict.warning }] : [],
  )
  if (warned.length > 0) call.err(`Warning: ${grouped(warned).join('; ')}\n`)
  const leaving = judged.filter(({ verdict }) => verdict.type === 'evict').map(({ pod }) => pod)
  const outcomes = await Promise.allSettled(leaving.map((pod) => removeAndReport(call, pod, dryRun)))
  throwAll(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])))
}

async function podsOf(call: DrainCall, node: LiveTarget): Promise<readonly Judged[]> {
  const { flags, cluster, host } = call
  const { items = [] } = await listObjects(cluster, madeResources.pod, undefined, {
    fieldSelector: `spec.nodeName=${node.name}`,
    labelSelector: flags['pod-selector'] || undefined,
    limit: flags['chunk-size'] || undefined,
  })
  const rules = {
    isForced: flags.force,
    ignoresDaemonSets: flags['ignore-daemonsets'],
    deletesLocalData: flags['delete-emptydir-data'],
  }
  const patienceMs = flags['skip-wait-for-delete-timeout'] * 1000
  const isGoing = ({ metadata: { deletionTimestamp } }: AnyObject) =>
    patienceMs > 0 && deletionTimestamp !== undefined && host.clock.nowMs() - Date.parse(deletionTimestamp) > patienceMs
  const wanted = items.filter((pod) => !isGoing(pod))
  return await Promise.all(wanted.map(async (pod) => ({ pod, verdict: verdictOn(pod, await daemonSetOf(call, pod), rules) })))
}

async function daemonSetOf(call: DrainCall, pod: AnyObject): Promise<DaemonSetState> {
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true)
  if (controller?.kind !== 'DaemonSet') return 'found'
  const resource = await resourceOfKind(call, 'apps/v1', 'DaemonSet')
  try {
    await getObject(call.cluster, { resource, namespace: pod.metadata.namespace, name: controller.name })
    return 'found'
  } catch (error) {
    if (hasReason(error, 'NotFound')) return { missing: error.message }
    throw error
  }
}

async function removeAndReport(call: DrainCall, pod: AnyObject, dryRun: DryRun): Promise<void> {
  const { flags } = call
  const { name = '', namespace, uid = '' } = pod.metadata
  const deletes = flags['disable-eviction']
  call.out(`${deletes ? 'deleting' : 'evicting'} pod ${namespace}/${name}${suffixOf(dryRun)}\n`)
  if (dryRun === 'client') return
  await removePod(
    call,
    { resource: madeResources.pod, namespace, name, uid },
    {
      gracePeriodSeconds: flags['grace-period'],
      deletes,
      dryRun: dryRun === 'server' ? 'All' : undefined,
      timeoutMs: flags.timeout === 0 ? Number.POSITIVE_INFINITY : flags.timeout,
    },
  )
  call.out(`pod/${name} ${deletes ? 'deleted' : 'evicted'}${suffixOf(dryRun)}\n`)
}
