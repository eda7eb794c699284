/** `kubectl edit`: objects in the user's editor. */
import { boolFlag, stringFlag } from '#component/flags'
import { withLastApplied } from '../apply/last-applied.ts'
import { defineCommand } from '../command.ts'
import { formatOf } from '../edit/edit-flags.ts'
import { saveDifference } from '../edit/edit-live.ts'
import { editObjects } from '../edit/session.ts'
import { CommandError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { getObject } from '../resources/access.ts'
import { eachTarget, type LiveTarget, selectionOf } from '../resources/each-target.ts'
import { validationFlag, validationOf } from '../resources/field-validation.ts'
import { fileFlags } from '../resources/manifests.ts'
import { qualifiedName } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'

export const edit = defineCommand({
  name: 'edit',
  summary: 'Edit a resource from the default editor',
  description: 'The editor is the one that $KUBE_EDITOR or $EDITOR names, or vi. What is saved is sent as a patch.',
  examples: [
    ['Edit a service', 'kubectl edit svc/web'],
    ['With another editor', 'KUBE_EDITOR="nano" kubectl edit svc/web'],
  ],
  usage: '(RESOURCE/NAME | -f FILENAME)',
  flags: {
    ...formatFlags,
    ...fileFlags,
    'field-manager': stringFlag('kubectl-edit', 'Whose fields these are, for managedFields.'),
    'output-patch': boolFlag(false, 'Print the patch.'),
    'save-config': boolFlag(false, 'Remember the object for a later apply.'),
    subresource: stringFlag('', 'Edit a subresource, such as status.'),
    validate: validationFlag,
    'windows-line-endings': boolFlag(false, 'Lines end as on Windows.'),
  },
  async run(call) {
    const { flags, args, cluster, out } = call
    const found: LiveTarget[] = []
    await eachTarget(call, selectionOf(flags, args), async (target) => {
      found.push({ ...target, object: await getObject(cluster, target, flags.subresource || undefined) })
    })
    if (found.length === 0) throw new CommandError('edit cancelled, no objects found.')
    const query = { fieldManager: flags['field-manager'], fieldValidation: validationOf(flags.validate) }
    await editObjects(
      call,
      found.map(({ resource, object }) => ({ resource, object: shown(object, flags['show-managed-fields']) })),
      {
        format: formatOf(flags.output),
        usesWindowsLines: flags['windows-line-endings'],
        allowsRenames: false,
        async save({ resource, object: before }, edited) {
          const after = flags['save-config'] ? withLastApplied(edited) : edited
          const saved = await saveDifference(cluster, { resource, before, after, subresource: flags.subresource || undefined }, query)
          out(`${qualifiedName(resource, before.metadata.name ?? '')} ${saved === undefined ? 'skipped' : 'edited'}\n`)
        },
      },
    )
  },
})

function shown(object: AnyObject, showsManagedFields: boolean): AnyObject {
  if (showsManagedFields) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
