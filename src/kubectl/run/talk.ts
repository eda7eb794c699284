/** Talks to the container of a pod that `kubectl run` made, and ends with its exit status. */

import type { RunCall } from '../commands/run.ts'
import { CommandError } from '../errors.ts'
import type { AnyObject } from '../resources/unstructured.ts'

export async function talkToPod(_call: RunCall, _pod: AnyObject): Promise<number> {
  throw new CommandError('attach')
}
