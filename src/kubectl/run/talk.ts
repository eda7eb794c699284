/** Talks to the container of a pod that `kubectl run` made, and ends with its exit status. */
import { attachWarning } from '../commands/attach.ts'
import type { RunCall } from '../commands/run.ts'
import { CommandError, messageOf } from '../errors.ts'
import { showLogs } from '../logs/log-streams.ts'
import { asPod } from '../pods/pods-of.ts'
import { deleteObject, type Target } from '../resources/access.ts'
import { madeResources } from '../resources/made-resources.ts'
import { type AnyObject, fieldsOf, listOf, textOf, valueAt } from '../resources/unstructured.ts'
import { runInContainer } from '../streams/container-session.ts'
import { type Judge, waitFor } from '../wait/condition.ts'
import { waitUntilGone } from '../wait/gone.ts'

export async function talkToPod(call: RunCall, created: AnyObject): Promise<number> {
  const { name = '', namespace, uid = '' } = created.metadata
  const target = { resource: madeResources.pod, namespace, name }
  try {
    return await converse(call, target)
  } finally {
    if (call.flags.rm) await removeWithService(call, { ...target, uid })
  }
}

async function converse(call: RunCall, target: Target): Promise<number> {
  const { flags } = call
  const pod = await podWhen(call, target, (phase, object) => isOver(phase) || (phase === 'Running' && isReady(object)))
  const container = target.name
  if (isOver(phaseOf(pod))) {
    await showOutput(call, pod, container)
  } else {
    await attachOrShowLogs(call, pod, container)
  }
  if (flags.restart === 'Always' || flags['leave-stdin-open']) return sayHowToResume(call, container)
  return exitStatusOf(await podWhen(call, target, (phase) => phase === 'Succeeded' || (phase === 'Failed' && flags.restart === 'Never')))
}

/** A short command may be over before anybody can attach: its output is in the logs. */
async function attachOrShowLogs(call: RunCall, pod: AnyObject, container: string): Promise<void> {
  const { flags, err } = call
  if (!flags.quiet) err(attachWarning)
  try {
    await runInContainer(call, { action: 'attach', pod: asPod(pod), container, command: [], stdin: flags.stdin, tty: flags.tty })
  } catch (error) {
    err(`warning: couldn't attach to pod/${container}, falling back to streaming logs: ${messageOf(error)}\n`)
    await showOutput(call, pod, container)
  }
}

async function showOutput(call: RunCall, pod: AnyObject, container: string): Promise<void> {
  await showLogs(call, [{ pod: asPod(pod), container }], { query: {}, hasPrefix: false, ignoresErrors: false }, false)
}

function sayHowToResume({ flags, out }: RunCall, name: string): number {
  if (flags.stdin && flags.tty && !flags.rm)
    out(`Session ended, resume using 'kubectl attach ${name} -c ${name} -i -t' command when the pod is running\n`)
  return 0
}

async function podWhen(call: RunCall, target: Target, isWanted: (phase: string, pod: AnyObject) => boolean): Promise<AnyObject> {
  let pod: AnyObject | undefined
  const judge: Judge = (object) => {
    pod = object
    return object === undefined || isWanted(phaseOf(object), object)
  }
  const patience = { timeoutMs: call.flags['pod-running-timeout'], timeoutMessage: 'timed out waiting for the condition' }
  await waitFor(call, target, patience, judge)
  if (pod === undefined) throw new CommandError(`pods ${JSON.stringify(target.name)} not found`)
  return pod
}

function phaseOf(pod: AnyObject): string {
  return textOf(valueAt(pod, 'status', 'phase'))
}

function isOver(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

function isReady(pod: AnyObject): boolean {
  return listOf(valueAt(pod, 'status', 'conditions')).some((one) => fieldsOf(one)['type'] === 'Ready' && fieldsOf(one)['status'] === 'True')
}

/** Throws a CommandError with the container's own status where it failed. */
function exitStatusOf(pod: AnyObject): number {
  if (phaseOf(pod) === 'Succeeded') return 0
  const { namespace, name } = pod.metadata
  const [status] = listOf(valueAt(pod, 'status', 'containerStatuses'))
  const terminated = fieldsOf(valueAt(status, 'state', 'terminated'))
  const exitStatus = Number(terminated['exitCode'] ?? 0)
  if (exitStatus === 0) throw new CommandError(`pod ${namespace}/${name} failed with unknown exit code`)
  throw new CommandError(`pod ${namespace}/${name} terminated (${textOf(terminated['reason'])})\n${textOf(terminated['message'])}`, {
    exitStatus,
    isBare: true,
  })
}

async function removeWithService(call: RunCall, pod: Target & { readonly uid: string }): Promise<void> {
  const { cluster, flags, out } = call
  const grace = flags['grace-period'] < 0 ? {} : { gracePeriodSeconds: flags['grace-period'] }
  const targets: readonly Target[] = flags.expose ? [{ ...pod, resource: madeResources.service }, pod] : [pod]
  for (const target of targets) {
    await deleteObject(cluster, target, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', ...grace })
    out(`${target.resource.singular} ${JSON.stringify(target.name)} deleted from ${target.namespace} namespace\n`)
  }
  await waitUntilGone(call, [pod], Number.POSITIVE_INFINITY)
}
