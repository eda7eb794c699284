/** `kubectl apply edit-last-applied`: what was applied last, in the user's editor. */
import { boolFlag, stringFlag } from '#component/flags'
import { annotationPatch, lastAppliedOf } from '../../apply/last-applied.ts'
import { defineCommand } from '../../command.ts'
import { formatOf } from '../../edit/edit-flags.ts'
import { type Editable, editObjects } from '../../edit/session.ts'
import { CommandError } from '../../errors.ts'
import { formatFlags } from '../../print/formats.ts'
import { patchObject } from '../../resources/access.ts'
import { eachLiveTarget, selectionOf } from '../../resources/each-target.ts'
import { fileFlags } from '../../resources/manifests.ts'
import { qualifiedName } from '../../resources/resource-catalog.ts'
import type { AnyObject } from '../../resources/unstructured.ts'

export const editLastApplied = defineCommand({
  name: 'edit-last-applied',
  summary: 'Edit latest last-applied-configuration annotations of a resource/object',
  examples: [['Edit what was applied', 'kubectl apply edit-last-applied deployment/web']],
  usage: '(RESOURCE/NAME | -f FILENAME)',
  flags: {
    ...formatFlags,
    ...fileFlags,
    'field-manager': stringFlag('kubectl-client-side-apply', 'Whose fields these are, for managedFields.'),
    'windows-line-endings': boolFlag(false, 'Lines end as on Windows.'),
  },
  async run(call) {
    const { flags, args, cluster, out } = call
    const found: Editable[] = []
    await eachLiveTarget(call, selectionOf(flags, args), async ({ resource, object, name }) => {
      const applied = lastAppliedOf(object)
      if (applied === undefined) throw new CommandError(`no last-applied-configuration annotation found on resource: ${name}`)
      // The annotation holds an object.
      found.push({ resource, object: applied as AnyObject })
    })
    await editObjects(call, found, {
      format: formatOf(flags.output),
      usesWindowsLines: flags['windows-line-endings'],
      allowsRenames: false,
      async save({ resource, object: { metadata } }, edited) {
        const target = { resource, namespace: metadata.namespace, name: metadata.name ?? '' }
        await patchObject(cluster, target, { type: 'merge', body: annotationPatch(edited) }, { fieldManager: flags['field-manager'] })
        out(`${qualifiedName(resource, target.name)} edited\n`)
      },
    })
  },
})
