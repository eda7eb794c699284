/** `kubectl describe`: objects in words, with what belongs to them and what happened to them. */
import { boolFlag, intFlag, stringFlag } from '#component/flags'
import { hasReason } from '#meta/status'
import { type Call, defineCommand } from '../command.ts'
import { describeAny } from '../describe/any-object.ts'
import { describerOf } from '../describe/describers.ts'
import { describedText } from '../describe/lines.ts'
import { surroundingsOf } from '../describe/surroundings.ts'
import { CommandError } from '../errors.ts'
import { eachLiveTarget, type LiveTarget, selectionOf } from '../resources/each-target.ts'
import { fileFlags, hasFiles } from '../resources/manifests.ts'

const describeFlags = {
  ...fileFlags,
  'all-namespaces': boolFlag(false, 'Look in all namespaces.', { shorthand: 'A' }),
  'chunk-size': intFlag(500, 'Ask for long lists in pieces of this size; 0 for all at once.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  'show-events': boolFlag(true, 'End with the events of the object.'),
}

type DescribeCall = Call<typeof describeFlags>

export const describe = defineCommand({
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  description: 'A name that does not exist is taken for the beginning of names.',
  examples: [
    ['Describe a node', 'kubectl describe nodes kubernetes-node-emt8.c.myproject.internal'],
    ['Describe a pod', 'kubectl describe pods/nginx'],
    ['Describe all pods of a label', 'kubectl describe pods -l app=web'],
  ],
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  flags: describeFlags,
  async run(call) {
    const { flags, args, given } = call
    if (args.length === 0 && !hasFiles(flags))
      throw new CommandError(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
      )
    const { objects, failure, isByPrefix } = await foundObjects(call)
    const showsEvents = given.has('show-events') ? flags['show-events'] : objects.length === 1 && !isByPrefix
    const around = surroundingsOf(call, { showsEvents })
    for (const [index, { resource, object }] of objects.entries()) {
      const lines = await (describerOf(resource) ?? describeAny)(object, around)
      // As upstream: two empty lines between objects, but one behind each that was found by its beginning.
      call.out(isByPrefix ? `${describedText(lines)}\n` : `${index === 0 ? '' : '\n\n'}${describedText(lines)}`)
    }
    if (failure !== undefined) throw failure
    if (objects.length === 0) await sayNothingFound(call)
  },
})

type Found = { readonly objects: readonly LiveTarget[]; readonly failure?: unknown; readonly isByPrefix: boolean }

/** What can be found, even where something else cannot. */
async function foundObjects(call: DescribeCall): Promise<Found> {
  const { flags, args } = call
  const objects: LiveTarget[] = []
  try {
    await eachLiveTarget(call, { ...selectionOf(flags, args), listsByDefault: true }, async (target) => void objects.push(target))
    return { objects, isByPrefix: false }
  } catch (failure) {
    const [type = '', prefix, ...more] = args
    if (prefix === undefined || more.length > 0 || !hasReason(failure, 'NotFound')) return { objects, failure, isByPrefix: false }
    const beginning = await objectsBeginningWith(call, type, prefix)
    return { objects: beginning, failure: beginning.length === 0 ? failure : undefined, isByPrefix: true }
  }
}

async function objectsBeginningWith(call: DescribeCall, type: string, prefix: string): Promise<readonly LiveTarget[]> {
  const objects: LiveTarget[] = []
  await eachLiveTarget(call, { args: [type], listsByDefault: true }, async (target) => {
    if (target.name.startsWith(prefix)) objects.push(target)
  })
  return objects
}

async function sayNothingFound({ flags, cluster, err }: DescribeCall): Promise<void> {
  err(flags['all-namespaces'] ? 'No resources found\n' : `No resources found in ${(await cluster.namespace()).name} namespace.\n`)
}
