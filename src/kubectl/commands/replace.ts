/** `kubectl replace`: put a whole object in the place of the one that is there. */
import { boolFlag, intFlag, stringFlag } from '#component/flags'
import { ignoreNotFound } from '#meta/status'
import { lastAppliedOf, withLastApplied } from '../apply/last-applied.ts'
import { defineCommand } from '../command.ts'
import { CommandError, withSource } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { createObject, deleteObject, replaceObject } from '../resources/access.ts'
import { eachTarget, selectionOf } from '../resources/each-target.ts'
import { validationFlag, validationOf } from '../resources/field-validation.ts'
import { fileFlags, hasFiles } from '../resources/manifests.ts'
import { waitUntilGone } from '../wait/gone.ts'

export const replace = defineCommand({
  name: 'replace',
  summary: 'Replace a resource by file name or stdin',
  examples: [
    ['Replace a pod', 'kubectl replace -f pod.json'],
    ['Delete it first and make it anew', 'kubectl replace --force -f pod.json'],
  ],
  usage: '-f FILENAME',
  flags: {
    ...formatFlags,
    ...fileFlags,
    'dry-run': dryRunFlag,
    'field-manager': stringFlag('kubectl-replace', 'Whose fields these are, for managedFields.'),
    force: boolFlag(false, 'Delete the object and make it anew.'),
    'grace-period': intFlag(-1, 'With --force: seconds that the object gets to end.'),
    'save-config': boolFlag(false, 'Remember the object for a later apply.'),
    subresource: stringFlag('', 'Replace a subresource: status or scale.'),
    validate: validationFlag,
  },
  async run(call) {
    const { flags, args, cluster } = call
    if (!hasFiles(flags)) throw new CommandError('must specify one of -f and -k')
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    const query = { ...dryRunQuery(dryRun), fieldManager: flags['field-manager'], fieldValidation: validationOf(flags.validate) }
    await eachTarget(call, selectionOf(flags, args), async (target) => {
      if (target.object === undefined) return
      const wanted = flags['save-config'] || lastAppliedOf(target.object) !== undefined ? withLastApplied(target.object) : target.object
      if (dryRun === 'client') return report({ resource: target.resource, object: wanted, operation: 'replaced' })
      if (flags.force) {
        const grace = flags['grace-period'] >= 0 ? { gracePeriodSeconds: flags['grace-period'] } : {}
        const gone = await ignoreNotFound(
          deleteObject(cluster, target, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', ...grace }),
        )
        if (gone !== undefined)
          await waitUntilGone(
            call,
            [{ ...target, uid: gone.metadata?.uid ?? String(Reflect.get(Object(gone['details']), 'uid')) }],
            Number.POSITIVE_INFINITY,
          )
        return report({ resource: target.resource, object: await createObject(cluster, target, wanted, query), operation: 'replaced' })
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
