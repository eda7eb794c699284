/** Flags that all rollout commands share, and the kinds that they know. */
import { stringFlag } from '#component/flags'
import { CommandError } from '../errors.ts'
import { type FileSelection, fileFlags, hasFiles } from '../resources/manifests.ts'

export const rolloutFlags = {
  ...fileFlags,
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
}

export function requireResource(args: readonly string[], flags: FileSelection): void {
  if (args.length === 0 && !hasFiles(flags)) throw new CommandError('required resource not specified')
}
