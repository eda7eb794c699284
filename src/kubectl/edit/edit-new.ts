/** `kubectl create --edit`: objects of files, edited before they are made. */
import type { Call } from '../command.ts'
import type { Report } from '../print/outcome.ts'
import { createObject, type WriteQuery } from '../resources/access.ts'
import { eachTarget, type LiveTarget } from '../resources/each-target.ts'
import type { Selection } from '../resources/queries.ts'
import { formatOf } from './edit-flags.ts'
import { editObjects } from './session.ts'

type EditNewOptions = {
  readonly output: string
  readonly usesWindowsLines: boolean
  readonly query: WriteQuery
  readonly report: Report
}

export async function editNewObjects(call: Call, selection: Selection, options: EditNewOptions): Promise<void> {
  const { output, usesWindowsLines, query, report } = options
  const found: LiveTarget[] = []
  await eachTarget(call, selection, async (target) => {
    if (target.object !== undefined) found.push({ ...target, object: target.object })
  })
  await editObjects(call, found, {
    format: formatOf(output),
    usesWindowsLines,
    allowsRenames: true,
    async save({ resource, object: { metadata } }, edited) {
      const target = { resource, namespace: metadata.namespace, name: edited.metadata.name ?? '' }
      report({ resource, object: await createObject(call.cluster, target, edited, query), operation: 'created' })
    },
  })
}
