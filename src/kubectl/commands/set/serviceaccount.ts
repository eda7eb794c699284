/** `kubectl set serviceaccount`. */
import { defineCommand } from '../../command.ts'
import { CommandError } from '../../errors.ts'
import { changeEach } from '../../set/change-each.ts'
import { withPodSpec } from '../../set/pod-spec.ts'
import { setFlags } from '../../set/set-flags.ts'

export const setServiceAccount = defineCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Update the service account of a resource',
  examples: [['As whom the pods of a deployment act', 'kubectl set serviceaccount deployment web robot']],
  usage: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  flags: setFlags,
  async run(call) {
    const serviceAccountName = call.args.at(-1)
    if (serviceAccountName === undefined) throw new CommandError('serviceaccount is required')
    await changeEach(call, call.args.slice(0, -1), {
      operation: 'serviceaccount updated',
      failure: 'failed to patch ServiceAccountName ',
      skipsUnchanged: false,
      change: ({ object }) => withPodSpec(object, (spec) => ({ ...spec, serviceAccountName, serviceAccount: serviceAccountName })),
    })
  },
})
