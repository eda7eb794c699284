/** `kubectl delete`: take objects away and wait until they are gone. */
import { boolFlag, durationFlag, type Flag, intFlag, stringFlag } from '#component/flags'
import { ignoreNotFound } from '#meta/status'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, withSource } from '../errors.ts'
import { type DryRun, dryRunFlag, dryRunOf } from '../print/outcome.ts'
import { deletedUid, deleteOptions } from '../resources/deletion.ts'
import { eachTarget, selectionOf } from '../resources/each-target.ts'
import { fileFlags } from '../resources/manifests.ts'
import type { ObjectQuery } from '../resources/queries.ts'
import { type ApiResource, qualifiedName } from '../resources/resource-catalog.ts'
import { type Gone, waitUntilGone } from '../wait/gone.ts'

const deleteFlags = {
  ...fileFlags,
  all: boolFlag(false, 'All objects of the type in the namespace.'),
  'all-namespaces': boolFlag(false, 'Look in all namespaces.', { shorthand: 'A' }),
  cascade: {
    ...stringFlag('background', 'What becomes of dependents: background, orphan or foreground.'),
    bareValue: 'background',
  } as Flag<string>,
  'dry-run': dryRunFlag,
  'field-selector': stringFlag('', 'Only objects with these fields.'),
  force: boolFlag(false, 'With --grace-period=0: do not wait for the node to confirm.'),
  'grace-period': intFlag(-1, 'Seconds that the object gets to end by itself; -1 for its own.'),
  'ignore-not-found': boolFlag(false, 'An object that does not exist is no error.'),
  now: boolFlag(false, 'The same as --grace-period=1.'),
  output: stringFlag('', 'name prints type and name only.', { shorthand: 'o' }),
  raw: stringFlag('', 'A path on the server, to be deleted as it is.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  timeout: durationFlag(0, 'How long to wait; 0 until the object is gone.'),
  wait: boolFlag(true, 'Wait until the objects are gone.'),
}

type DeleteCall = Call<typeof deleteFlags>

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  examples: [
    ['Delete what a file names', 'kubectl delete -f web.yaml'],
    ['Delete a pod and a service of one name', 'kubectl delete pod,service web'],
    ['Delete by label', 'kubectl delete pods -l app=web'],
  ],
  usage: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  flags: deleteFlags,
  async run(call) {
    const { flags, args, err } = call
    if (flags.raw !== '') return call.out(`${JSON.stringify((await call.cluster.request({ method: 'DELETE', path: flags.raw })).body)}\n`)
    if (args.length === 0 && flags.filename.length === 0) {
      if (flags.selector !== '' || flags.all) throw new CommandError('at least one resource must be specified to use a selector')
    }
    if (flags.all && (args.length > 1 || args.some((arg) => arg.includes('/'))))
      throw new CommandError('name cannot be provided when a selector is specified')
    if (flags.output !== '' && flags.output !== 'name')
      throw new CommandError(`unexpected -o output mode: ${flags.output}. We only support '-o name'`)
    const seconds = graceSeconds(call)
    const dryRun = dryRunOf(flags['dry-run'])
    if (seconds === 0 && flags.force && dryRun === 'none') {
      err(
        'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
      )
    }
    const gone: Gone[] = []
    const isMany = flags.all || flags.selector !== '' || flags['field-selector'] !== ''
    const options = deleteOptions({ cascade: flags.cascade, gracePeriodSeconds: seconds }, dryRun === 'server' ? 'All' : undefined)
    const count = await eachTarget(call, selectionOf(flags, args), async (target) => {
      const uid = await remove(call, target, options, { dryRun, ignoresMissing: isMany || flags['ignore-not-found'] })
      if (uid !== undefined) gone.push({ ...target, uid })
    })
    if (count === 0) call.out('No resources found\n')
    if (flags.wait && dryRun === 'none') await waitUntilGone(call, gone, flags.timeout === 0 ? Number.POSITIVE_INFINITY : flags.timeout)
  },
})

function graceSeconds({ flags }: DeleteCall): number {
  const given = flags['grace-period']
  if (flags.now) {
    if (given !== -1) throw new CommandError('--now and --grace-period cannot be specified together')
    return 1
  }
  if (given === 0 && !flags.force) return 1
  if (flags.force && given > 0) throw new CommandError('--force and --grace-period greater than 0 cannot be specified together')
  return flags.force && given < 0 ? 0 : given
}

type Rules = { readonly dryRun: DryRun; readonly ignoresMissing: boolean }

/** The UID of what was deleted; undefined where there was nothing. */
async function remove(
  call: DeleteCall,
  target: ObjectQuery,
  options: object,
  { dryRun, ignoresMissing }: Rules,
): Promise<string | undefined> {
  if (dryRun === 'client') {
    say(call, target, dryRun)
    return undefined
  }
  const pending = deletedUid(call, target, options).catch((error: unknown) => {
    throw withSource(error, 'deleting', target.source)
  })
  const uid = ignoresMissing ? await ignoreNotFound(pending) : await pending
  if (uid !== undefined) say(call, target, dryRun)
  return uid
}

function say({ flags, out }: DeleteCall, { resource, name, namespace }: ObjectQuery, dryRun: DryRun): void {
  if (flags.output === 'name') return out(`${qualifiedName(resource, name)}\n`)
  const isForced = flags.force && flags['grace-period'] <= 0
  const suffix = dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'
  const place = namespace ? ` from ${namespace} namespace` : ''
  out(`${typeText(resource)} ${JSON.stringify(name)} ${isForced ? 'force deleted' : 'deleted'}${place}${suffix}\n`)
}

function typeText(resource: ApiResource): string {
  return qualifiedName(resource, '').slice(0, -1)
}
