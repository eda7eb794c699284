/** `kubectl auth reconcile`: not built in, so it says what to do instead. */
import { defineCommand } from '../../command.ts'
import { CommandError } from '../../errors.ts'
import { fileFlags, hasFiles } from '../../resources/manifests.ts'

export const reconcile = defineCommand({
  name: 'reconcile',
  summary: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  description: 'Navarch\'s kubectl does not merge rules: "kubectl apply --server-side -f FILENAME" sets them.',
  usage: '-f FILENAME',
  flags: fileFlags,
  async run({ flags }) {
    if (!hasFiles(flags)) throw new CommandError('must specify one of -f and -k')
    throw new CommandError(
      'reconcile is not part of Navarch\'s kubectl: "kubectl apply --server-side -f FILENAME" sets the rules that the file names',
    )
  },
})
