/** The flags that all `kubectl set` commands share. */
import { boolFlag, stringFlag } from '#component/flags'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag } from '../print/outcome.ts'
import { fileFlags } from '../resources/manifests.ts'

export const setFlags = {
  ...formatFlags,
  ...fileFlags,
  all: boolFlag(false, 'All objects of the type in the namespace.'),
  'dry-run': dryRunFlag,
  'field-manager': stringFlag('kubectl-set', 'Whose fields these are, for managedFields.'),
  local: boolFlag(false, 'Work on the file alone, without a server.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
}
