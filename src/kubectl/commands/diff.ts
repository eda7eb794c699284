/** `kubectl diff`: what an apply would change. */
import { boolFlag, intFlag, stringFlag } from '#component/flags'
import { ignoreNotFound } from '#meta/status'
import { mergedOnClient } from '../apply/client-side.ts'
import { type Call, defineCommand } from '../command.ts'
import { Differences } from '../diff/differences.ts'
import { CommandError, failureOf, SilentExit } from '../errors.ts'
import { getObject, patchObject } from '../resources/access.ts'
import { eachTarget, selectionOf } from '../resources/each-target.ts'
import { fileFlags, hasFiles } from '../resources/manifests.ts'
import type { ObjectQuery } from '../resources/queries.ts'
import type { AnyObject } from '../resources/unstructured.ts'

const diffFlags = {
  ...fileFlags,
  concurrency: intFlag(1, 'Without effect: objects are compared one after the other.'),
  'field-manager': stringFlag('kubectl-client-side-apply', 'Whose fields these are, for managedFields.'),
  'force-conflicts': boolFlag(false, 'With --server-side: take over fields of other managers.'),
  prune: boolFlag(false, 'Without effect: nothing is pruned.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  'server-side': boolFlag(false, 'Let the server merge, by field managers.'),
  'show-managed-fields': boolFlag(false, 'Keep managedFields.'),
}

type DiffCall = Call<typeof diffFlags>

export const diff = defineCommand({
  name: 'diff',
  summary:
    'Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied',
  description:
    'Exits with 0 if nothing would change, with 1 if something would, and with more if it failed. $KUBECTL_EXTERNAL_DIFF names another program than diff.',
  examples: [['What applying a file would change', 'kubectl diff -f web.yaml']],
  usage: '-f FILENAME',
  flags: diffFlags,
  async run(call) {
    try {
      return await showDifferences(call)
    } catch (error) {
      // One is taken: it means that there are differences.
      const { text, exitStatus } = failureOf(error)
      call.err(text)
      throw new SilentExit(exitStatus + 1)
    }
  },
})

async function showDifferences(call: DiffCall): Promise<number> {
  const { flags, args, cluster, host } = call
  if (!hasFiles(flags)) throw new CommandError('must specify one of -f and -k')
  if (args.length > 0) throw new CommandError(`Unexpected args: [${args.join(' ')}]`)
  await using differences = await Differences.create(host)
  await eachTarget(call, selectionOf(flags, args), async (target) => {
    const { object, resource } = target
    if (object === undefined) return
    const live = await ignoreNotFound(getObject(cluster, target))
    const merged = await mergedOf(call, { ...target, object }, live)
    await differences.add({ resource, live: live && shown(live, flags), merged: shown(merged, flags) })
  })
  return await differences.show()
}

async function mergedOf(
  call: DiffCall,
  target: ObjectQuery & { readonly object: AnyObject },
  live: AnyObject | undefined,
): Promise<AnyObject> {
  const { flags, given, cluster } = call
  if (!flags['server-side']) return await mergedOnClient(cluster, target, live, flags['field-manager'])
  const fieldManager = given.has('field-manager') ? flags['field-manager'] : 'kubectl'
  const query = { dryRun: 'All' as const, fieldManager, force: flags['force-conflicts'] }
  return await patchObject(cluster, target, { type: 'apply', body: target.object }, query)
}

function shown(object: AnyObject, flags: DiffCall['flags']): AnyObject {
  if (flags['show-managed-fields']) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
