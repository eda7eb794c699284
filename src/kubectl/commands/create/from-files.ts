/** `kubectl create -f`: objects that must not exist yet. */
import { parseYaml } from '#base/encoding/yaml'
import { boolFlag, stringFlag } from '#component/flags'
import { withLastApplied } from '../../apply/last-applied.ts'
import { type Call, defineCommand } from '../../command.ts'
import { editNewObjects } from '../../edit/edit-new.ts'
import { CommandError, UsageError, withSource } from '../../errors.ts'
import { formatFlags } from '../../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../../print/outcome.ts'
import { createObject } from '../../resources/access.ts'
import { eachTarget, selectionOf } from '../../resources/each-target.ts'
import { validationFlag, validationOf } from '../../resources/field-validation.ts'
import { contentOf, fileFlags, hasFiles } from '../../resources/manifests.ts'

const fromFilesFlags = {
  ...formatFlags,
  ...fileFlags,
  'dry-run': dryRunFlag,
  edit: boolFlag(false, 'Edit the objects before they are made.'),
  'field-manager': stringFlag('kubectl-create', 'Whose fields these are, for managedFields.'),
  raw: stringFlag('', 'A path on the server, to which the file is sent as it is.'),
  'save-config': boolFlag(false, 'Remember the object for a later apply.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  validate: validationFlag,
  'windows-line-endings': boolFlag(false, 'With --edit: lines end as on Windows.'),
}

export const createFromFiles = defineCommand({
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  description: 'JSON and YAML formats are accepted. The members below make single objects of flags.',
  examples: [
    ['What a file describes', 'kubectl create -f pod.yaml'],
    ['What another program writes', 'cat pod.json | kubectl create -f -'],
  ],
  usage: '-f FILENAME',
  flags: fromFilesFlags,
  async run(call) {
    const { flags, args, cluster } = call
    if (!hasFiles(flags)) {
      if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`)
      throw new CommandError('must specify one of -f and -k')
    }
    if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`)
    if (flags.raw !== '') return await createRaw(call)
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    const query = { ...dryRunQuery(dryRun), fieldManager: flags['field-manager'], fieldValidation: validationOf(flags.validate) }
    if (flags.edit) {
      const usesWindowsLines = flags['windows-line-endings']
      return await editNewObjects(call, selectionOf(flags, args), { output: flags.output, usesWindowsLines, query, report })
    }
    const count = await eachTarget(call, selectionOf(flags, args), async (target) => {
      const { object, resource, source } = target
      if (object === undefined) return
      const wanted = flags['save-config'] ? withLastApplied(object) : object
      if (dryRun === 'client') return report({ resource, object: wanted, operation: 'created' })
      try {
        report({ resource, object: await createObject(cluster, target, wanted, query), operation: 'created' })
      } catch (error) {
        throw withSource(error, 'creating', source)
      }
    })
    if (count === 0) throw new CommandError('no objects passed to create')
  },
})

async function createRaw({ cluster, flags, host, out }: Call<typeof fromFilesFlags>): Promise<void> {
  const [file, ...others] = flags.filename
  if (file === undefined || others.length > 0) throw new CommandError('--raw can only use a single local file or stdin')
  if (!flags.raw.startsWith('/')) throw new CommandError(`--raw must be a valid URL path: ${flags.raw}`)
  const { body } = await cluster.request({ method: 'POST', path: flags.raw, body: parseYaml(await contentOf(host, file)) })
  out(`${JSON.stringify(body)}\n`)
}
