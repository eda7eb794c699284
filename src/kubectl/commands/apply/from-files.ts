/** `kubectl apply`: make the cluster as the files say, and leave what others set alone. */
import { boolFlag, stringFlag } from '#component/flags'
import { applyOnClient } from '../../apply/client-side.ts'
import { type Call, defineCommand } from '../../command.ts'
import { CommandError, UsageError, withSource } from '../../errors.ts'
import { formatFlags } from '../../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../../print/outcome.ts'
import { patchObject } from '../../resources/access.ts'
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
  'force-conflicts': boolFlag(false, 'With --server-side: take over fields of other managers.'),
  overwrite: boolFlag(true, 'Overwrite what was changed on the server.'),
  prune: boolFlag(false, 'Delete what is no longer in the files (needs the real kubectl).'),
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
    if (flags.prune) throw new CommandError("--prune is not part of Navarch's kubectl yet: use the real kubectl for it")
    const dryRun = dryRunOf(flags['dry-run'])
    if (flags['force-conflicts'] && !flags['server-side']) throw new CommandError('--force-conflicts only works with --server-side')
    if (dryRun === 'client' && flags['server-side'])
      throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    const report = await reporter(call, flags, dryRun)
    await eachTarget(call, selectionOf({ ...flags, selector: '' }, []), async (target) => {
      const { object, resource } = target
      if (object === undefined) return
      requireName(target, object)
      const applied = flags['server-side']
        ? await applyOnServer(call, { ...target, object })
        : await applyOnClient(call, { ...target, object }, applyOptionsOf(call))
      report({ ...applied, resource })
    })
  },
})

function requireName({ source, resource }: ObjectQuery, { metadata }: AnyObject): void {
  if ((metadata.name ?? '') !== '') return
  if (metadata.generateName !== undefined) throw new CommandError(`from ${metadata.generateName}: cannot use generate name with apply`)
  throw new CommandError(
    `error when retrieving current configuration of:\nResource: ${JSON.stringify(`${resource.version}, Resource=${resource.plural}`)}, from ${JSON.stringify(source)}: resource name may not be empty`,
  )
}

function applyOptionsOf({ flags }: ApplyCall) {
  const fieldValidation = validationOf(flags.validate)
  return { dryRun: dryRunOf(flags['dry-run']), fieldManager: flags['field-manager'], fieldValidation, overwrite: flags.overwrite }
}

async function applyOnServer(call: ApplyCall, target: FileTarget): Promise<{ readonly object: AnyObject; readonly operation: string }> {
  const { flags, given } = call
  const query = {
    ...dryRunQuery(dryRunOf(flags['dry-run'])),
    fieldManager: given.has('field-manager') ? flags['field-manager'] : 'kubectl',
    fieldValidation: validationOf(flags.validate),
    force: flags['force-conflicts'],
  }
  try {
    return {
      object: await patchObject(call.cluster, target, { type: 'apply', body: target.object }, query),
      operation: 'serverside-applied',
    }
  } catch (error) {
    throw withSource(error, 'applying', target.source)
  }
}
