/** Deletes one object and waits until it is gone. */
import { ignoreNotFound } from '#meta/status'
import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import { waitUntilGone } from '../wait/gone.ts'
import { deleteObject, type Target } from './access.ts'
import { fieldsOf, textOf } from './unstructured.ts'

export type Deletion = {
  /** `background`, `orphan` or `foreground`. */
  readonly cascade: string
  /** Negative: the object's own. */
  readonly gracePeriodSeconds: number
  readonly timeoutMs: number
}

/** The body of the request; `dryRun` leaves everything as it is. */
export function deleteOptions({ cascade, gracePeriodSeconds }: Omit<Deletion, 'timeoutMs'>, dryRun?: 'All'): object {
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: propagationOf(cascade),
    ...(gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {}),
    ...(dryRun === undefined ? {} : { dryRun: [dryRun] }),
  }
}

function propagationOf(cascade: string): string {
  switch (cascade) {
    case 'background':
    case 'true':
      return 'Background'
    case 'orphan':
    case 'false':
      return 'Orphan'
    case 'foreground':
      return 'Foreground'
    default:
      throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
  }
}

/** The UID of what was deleted; undefined where there was nothing. */
export async function deletedUid(call: Pick<Call, 'cluster'>, target: Target, options: object): Promise<string> {
  const answer = await deleteObject(call.cluster, target, options)
  return textOf(answer.metadata?.uid ?? fieldsOf(answer['details'])['uid'])
}

/** Whether there was something to delete. */
export async function deleteAndWait(call: Call, target: Target, deletion: Deletion): Promise<boolean> {
  const uid = await ignoreNotFound(deletedUid(call, target, deleteOptions(deletion)))
  if (uid === undefined) return false
  await waitUntilGone(call, [{ ...target, uid }], deletion.timeoutMs)
  return true
}
