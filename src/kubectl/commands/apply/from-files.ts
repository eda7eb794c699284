/** `kubectl apply`: make the cluster as the files say, and leave what others set alone. */
import { boolFlag, durationFlag, intFlag, stringFlag } from '#component/flags'
import { applyOnClient } from '../../apply/client-side.ts'
import { applyOnServer } from '../../apply/server-side.ts'
import { type Call, defineCommand } from '../../command.ts'
import { CommandError, UsageError } from '../../errors.ts'
import { formatFlags } from '../../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../../print/outcome.ts'
import { eachTarget, selectionOf } from '../../resources/each-target.ts'
import { validationFlag, validationOf } from '../../resources/field-validation.ts'
import { fileFlags, hasFiles } from '../../resources/manifests.ts'
import type { ObjectQuery } from '../../resources/queries.ts'
import type { AnyObject } from '../../resources/unstructured.ts'

const applyFlags = {
  ...formatFlags,
  ...fileFlags,
  'dry-run': dryRunFlag,
  'field-manager': stringFlag('kubectl-client-side-apply', 'Whose fields these are, for managedFields.'),
  force: boolFlag(false, 'Delete objects that cannot be changed, and make them anew.'),
  'force-conflicts': boolFlag(false, 'With --server-side: take over fields of other managers.'),
  overwrite: boolFlag(true, 'Without effect: what was changed on the server is overwritten.'),
  all: boolFlag(false, 'With --prune: all objects.'),
  cascade: {
    ...stringFlag('background', 'With --force: what becomes of dependents: background, orphan or foreground.'),
    bareValue: 'background',
  },
  'grace-period': intFlag(-1, 'With --force: seconds that an object gets to end by itself; -1 for its own.'),
  'openapi-patch': boolFlag(true, 'Without effect: schemas of built-in kinds are always used.'),
  prune: boolFlag(false, 'Delete what is no longer in the files (needs the real kubectl).'),
  timeout: durationFlag(0, 'With --force: how long to wait for a deletion; 0 until the object is gone.'),
  wait: boolFlag(false, 'With --force: without effect, it always waits.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  'server-side': boolFlag(false, 'Let the server merge, by field managers.'),
  validate: validationFlag,
}

type ApplyCall = Call<typeof applyFlags>
type FileTarget = ObjectQuery & { readonly object: AnyObject }

export const applyFromFiles = defineCommand({
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  description: 'What does not exist is made, what exists is changed to what the files say. The name of an object must be given.',
  examples: [
    ['Apply what a file says', 'kubectl apply -f web.yaml'],
    ['Apply a whole directory', 'kubectl apply -f ./manifests -R'],
    ['Apply what another program writes', 'cat pod.json | kubectl apply -f -'],
  ],
  usage: '(-f FILENAME | -k DIRECTORY)',
  flags: applyFlags,
  async run(call) {
    const { flags, args } = call
    if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`)
    if (!hasFiles(flags)) throw new CommandError('must specify one of -f and -k')
    if (flags.prune && !flags.all && flags.selector === '')
      throw new CommandError(
        'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
      )
    if (flags.prune) throw new CommandError("--prune is not part of Navarch's kubectl yet: use the real kubectl for it")
    const dryRun = dryRunOf(flags['dry-run'])
    if (flags['force-conflicts'] && !flags['server-side']) throw new CommandError('--force-conflicts only works with --server-side')
    if (dryRun === 'client' && flags['server-side'])
      throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    const report = await reporter(call, flags, dryRun)
    await eachTarget(call, selectionOf({ ...flags, all: false }, []), async (target) => {
      const { object, resource } = target
      if (object === undefined) return
      requireName(target, object)
      const applied = flags['server-side']
        ? await applyServerSide(call, { ...target, object })
        : await applyOnClient(call, { ...target, object }, applyOptionsOf(call))
      report({ ...applied, resource })
    })
  },
})

function requireName({ source, resource, namespace }: ObjectQuery, { metadata }: AnyObject): void {
  if ((metadata.name ?? '') !== '') return
  if (metadata.generateName !== undefined) throw new CommandError(`from ${metadata.generateName}: cannot use generate name with apply`)
  const { group, version, plural, kind } = resource
  throw new CommandError(
    `error when retrieving current configuration of:\nResource: "${group}/${version}, Resource=${plural}", GroupVersionKind: "${group}/${version}, Kind=${kind}"\nName: "", Namespace: ${JSON.stringify(namespace ?? '')}\nfrom server for: ${JSON.stringify(source)}: resource name may not be empty`,
  )
}

function applyOptionsOf({ flags }: ApplyCall) {
  const fieldValidation = validationOf(flags.validate)
  const deletion = {
    cascade: flags.cascade,
    gracePeriodSeconds: flags['grace-period'],
    timeoutMs: flags.timeout || Number.POSITIVE_INFINITY,
  }
  return {
    dryRun: dryRunOf(flags['dry-run']),
    fieldManager: flags['field-manager'],
    fieldValidation,
    recreation: flags.force ? deletion : undefined,
  }
}

async function applyServerSide(call: ApplyCall, target: FileTarget): Promise<{ readonly object: AnyObject; readonly operation: string }> {
  const { flags, given, cluster } = call
  const query = {
    ...dryRunQuery(dryRunOf(flags['dry-run'])),
    fieldManager: given.has('field-manager') ? flags['field-manager'] : 'kubectl',
    fieldValidation: validationOf(flags.validate),
    force: flags['force-conflicts'],
  }
  return { object: await applyOnServer(cluster, target, { query }), operation: 'serverside-applied' }
}
