/** `kubectl replace`: put a whole object in the place of the one that is there. */
import { parseYaml } from '#base/encoding/yaml'
import { boolFlag, durationFlag, intFlag, stringFlag } from '#component/flags'
import { lastAppliedOf, withLastApplied } from '../apply/last-applied.ts'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, withSource } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { createObject, replaceObject } from '../resources/access.ts'
import { deleteAndWait } from '../resources/deletion.ts'
import { eachTarget, selectionOf } from '../resources/each-target.ts'
import { validationFlag, validationOf } from '../resources/field-validation.ts'
import { contentOf, fileFlags, hasFiles } from '../resources/manifests.ts'
import type { ObjectQuery } from '../resources/queries.ts'
import { qualifiedName } from '../resources/resource-catalog.ts'

const replaceFlags = {
  ...formatFlags,
  ...fileFlags,
  'dry-run': dryRunFlag,
  'field-manager': stringFlag('kubectl-replace', 'Whose fields these are, for managedFields.'),
  cascade: {
    ...stringFlag('background', 'With --force: what becomes of dependents: background, orphan or foreground.'),
    bareValue: 'background',
  },
  force: boolFlag(false, 'Delete the object and make it anew.'),
  'grace-period': intFlag(-1, 'With --force: seconds that the object gets to end.'),
  raw: stringFlag('', 'A path on the server, to which the file is sent as it is.'),
  'save-config': boolFlag(false, 'Remember the object for a later apply.'),
  subresource: stringFlag('', 'Replace a subresource: status or scale.'),
  timeout: durationFlag(0, 'With --force: how long to wait for the deletion; 0 until the object is gone.'),
  validate: validationFlag,
}

export const replace = defineCommand({
  name: 'replace',
  summary: 'Replace a resource by file name or stdin',
  examples: [
    ['Replace a pod', 'kubectl replace -f pod.json'],
    ['Delete it first and make it anew', 'kubectl replace --force -f pod.json'],
  ],
  usage: '-f FILENAME',
  flags: replaceFlags,
  async run(call) {
    const { flags, args, cluster } = call
    if (flags.raw !== '') return await replaceRaw(call)
    const timeoutMs = flags.timeout || Number.POSITIVE_INFINITY
    if (!hasFiles(flags)) throw new CommandError('must specify one of -f and -k')
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    const query = { ...dryRunQuery(dryRun), fieldManager: flags['field-manager'], fieldValidation: validationOf(flags.validate) }
    await eachTarget(call, selectionOf(flags, args), async (target) => {
      if (target.object === undefined) return
      const wanted = flags['save-config'] || lastAppliedOf(target.object) !== undefined ? withLastApplied(target.object) : target.object
      if (dryRun === 'client') return report({ resource: target.resource, object: wanted, operation: 'replaced' })
      if (flags.force) {
        const isGone = await deleteAndWait(call, target, { cascade: flags.cascade, gracePeriodSeconds: flags['grace-period'], timeoutMs })
        if (isGone && flags.output === '') call.out(deletedText(target))
        const object = await createObject(cluster, target, wanted, query)
        return report({ resource: target.resource, object, operation: 'replaced' })
      }
      try {
        const object = await replaceObject(cluster, target, wanted, query, flags.subresource || undefined)
        report({ resource: target.resource, object, operation: 'replaced' })
      } catch (error) {
        throw withSource(error, 'replacing', target.source)
      }
    })
  },
})

function deletedText({ resource, name, namespace }: ObjectQuery): string {
  const place = namespace === undefined ? '' : ` from ${namespace} namespace`
  return `${qualifiedName(resource, '').slice(0, -1)} ${JSON.stringify(name)} deleted${place}\n`
}

async function replaceRaw({ cluster, flags, host, out }: Call<typeof replaceFlags>): Promise<void> {
  const [file, ...others] = flags.filename
  if (file === undefined || others.length > 0) throw new CommandError('--raw can only use a single local file or stdin')
  if (!flags.raw.startsWith('/')) throw new CommandError(`--raw must be a valid URL path: ${flags.raw}`)
  const { body } = await cluster.request({ method: 'PUT', path: flags.raw, body: parseYaml(await contentOf(host, file)) })
  out(`${JSON.stringify(body)}\n`)
}
