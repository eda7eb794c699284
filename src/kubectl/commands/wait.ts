/** `kubectl wait`: until objects are as wanted, exist, or are gone. */
import { boolFlag, durationFlag, repeatedFlag, stringFlag } from '#component/flags'
import { ignoreNotFound } from '#meta/status'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, throwAll } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { type Report, reporter } from '../print/outcome.ts'
import { getObject } from '../resources/access.ts'
import { eachTarget, selectionOf } from '../resources/each-target.ts'
import { fileFlags } from '../resources/manifests.ts'
import type { ObjectQuery } from '../resources/queries.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { waitFor } from '../wait/condition.ts'
import { waitUntilGone } from '../wait/gone.ts'
import { parseWanted, type Wanted } from '../wait/wanted.ts'

const waitFlags = {
  ...formatFlags,
  ...fileFlags,
  all: boolFlag(false, 'All objects of the type in the namespace.'),
  'all-namespaces': boolFlag(false, 'Look in all namespaces.', { shorthand: 'A' }),
  'field-selector': stringFlag('', 'Only objects with these fields.'),
  for: repeatedFlag([], 'create, delete, condition=NAME[=VALUE] or jsonpath={PATH}[=VALUE].'),
  local: boolFlag(false, 'Ask no server: look at the files only.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  timeout: durationFlag(30_000, 'How long to wait; 0 looks once, a negative one waits for a week.'),
}

type WaitCall = Call<typeof waitFlags>

export const wait = defineCommand({
  name: 'wait',
  summary: 'Wait for a specific condition on one or many resources',
  examples: [
    ['Until a pod is ready', 'kubectl wait --for=condition=Ready pod/busybox1'],
    ['Until a field has a value', "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1"],
    ['Until a pod is gone, for at most a minute', 'kubectl wait --for=delete pod/busybox1 --timeout=60s'],
    ['Until a secret exists', 'kubectl wait --for=create secret/secret-name'],
  ],
  usage:
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  flags: waitFlags,
  async run(call) {
    const { flags, args } = call
    if (flags.for.length === 0) throw new CommandError('unrecognized condition: []')
    const rules = flags.for.map(parseWanted)
    const report = await reporter(call, flags)
    for (const rule of rules) await waitForAll(call, rule, { report, args })
  },
})

const weekMs = 7 * 24 * 3600 * 1000

async function waitForAll(call: WaitCall, wanted: Wanted, { report, args }: { readonly report: Report; readonly args: readonly string[] }) {
  const { flags } = call
  const timeoutMs = flags.timeout < 0 ? weekMs : flags.timeout
  const failures: unknown[] = []
  const count = await eachTarget(call, selectionOf(flags, args), async (target) => {
    try {
      const object = await waited(call, target, wanted, timeoutMs)
      if (object !== undefined) report({ resource: target.resource, object, operation: 'condition met' })
    } catch (error) {
      failures.push(error)
    }
  })
  throwAll(failures)
  if (count === 0 && wanted.type !== 'delete') throw new CommandError('no matching resources found')
}

/** The object as it was when it was as wanted; undefined where there never was one and none is wanted. */
async function waited(call: WaitCall, target: ObjectQuery, wanted: Wanted, timeoutMs: number): Promise<AnyObject | undefined> {
  const place = `${target.resource.plural}/${target.name}`
  const timeoutMessage = timeoutMs === 0 ? `condition not met for ${place}` : `timed out waiting for the condition on ${place}`
  switch (wanted.type) {
    case 'create':
      return await waitForState(call, target, { timeoutMs, timeoutMessage: 'timed out waiting for the condition' }, () => true)
    case 'delete': {
      const found = await ignoreNotFound(getObject(call.cluster, target))
      if (found === undefined) return undefined
      await waitUntilGone(call, [{ ...target, uid: found.metadata.uid ?? '' }], timeoutMs)
      return found
    }
    case 'state':
      // An object that does not exist is told at once.
      if (!call.flags.local) await getObject(call.cluster, target)
      return await waitForState(call, target, { timeoutMs, timeoutMessage }, wanted.isMet)
  }
}

async function waitForState(
  call: WaitCall,
  target: ObjectQuery,
  patience: Parameters<typeof waitFor>[2],
  isMet: (object: AnyObject) => boolean,
): Promise<AnyObject | undefined> {
  let last: AnyObject | undefined
  await waitFor(call, target, patience, (object) => {
    last = object
    return object !== undefined && isMet(object)
  })
  return last
}
