/** What stands in the way of an apply: fields that others own and that would change. */
import { type FieldSet, pathsOf } from './field-set.ts'
import type { Writer } from './managers.ts'
import { pathText } from './path-element.ts'

export type Conflict = { readonly owner: Writer & { readonly time: string | undefined }; readonly fields: FieldSet }

/** Thrown by an apply that may not force. */
export class ApplyConflict extends Error {
  override readonly name = 'ApplyConflict'
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    const inOrder = conflicts.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    super(messageOf(inOrder))
    this.conflicts = inOrder
  }

  /** One for each field, as the causes of a Status. */
  causes(): readonly { readonly reason: string; readonly message: string; readonly field: string }[] {
    return this.conflicts.flatMap(({ owner, fields }) =>
      Array.from(pathsOf(fields), (path) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with ${ownerText(owner)}`,
        field: pathText(path),
      })),
    )
  }
}

/** As upstream: owners stand in the order of what they are known by. */
function orderOf({ owner: { name, operation, apiVersion, subresource } }: Conflict): string {
  return JSON.stringify({
    manager: name === '' ? undefined : name,
    operation,
    apiVersion: operation === 'Apply' ? undefined : apiVersion,
    subresource: subresource === '' ? undefined : subresource,
  })
}

function messageOf(conflicts: readonly Conflict[]): string {
  const byOwner = conflicts.map(({ owner, fields }) => ({ owner: ownerText(owner), paths: Array.from(pathsOf(fields), pathText) }))
  const count = byOwner.reduce((sum, { paths }) => sum + paths.length, 0)
  const [only] = byOwner
  if (count === 1 && only !== undefined) return `Apply failed with 1 conflict: conflict with ${only.owner}: ${only.paths[0]}`
  const lines = byOwner.flatMap(({ owner, paths }) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)])
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`
}

function ownerText({ name, operation, apiVersion, subresource }: Conflict['owner']): string {
  const who = subresource === '' ? JSON.stringify(name) : `${JSON.stringify(name)} with subresource ${JSON.stringify(subresource)}`
  return operation === 'Update' ? `${who} using ${apiVersion}` : who
}
