/** `kubectl config view`. */
import { boolFlag } from '#component/flags'
import { defineCommand } from '../../command.ts'
import { ConfigStore } from '../../config/store.ts'
import { minified, viewOf } from '../../config/view.ts'
import { CommandError, UsageError } from '../../errors.ts'
import { formatFlags, printerOf } from '../../print/formats.ts'

export const configView = defineCommand({
  name: 'view',
  summary: 'Display merged kubeconfig settings or a specified kubeconfig file',
  examples: [
    ['What is configured, without secrets', 'kubectl config view'],
    ['Only what the current context uses', 'kubectl config view --minify'],
    ["A user's password", `kubectl config view --raw -o jsonpath='{.users[?(@.name == "ann")].user.password}'`],
  ],
  usage: '',
  flags: {
    ...formatFlags,
    flatten: boolFlag(false, 'Take in the files that entries name.'),
    merge: boolFlag(true, 'Show all files as one.'),
    minify: boolFlag(false, 'Only what the current context uses.'),
    raw: boolFlag(false, 'Show secrets too.'),
  },
  async run({ flags, args, cluster, out }) {
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`)
    const output = flags.output === '' && flags.template === '' ? 'yaml' : flags.output
    const print = await printerOf({ ...flags, output, 'show-managed-fields': true })
    if (print === undefined) throw new CommandError('no printer')
    const { merged } = await ConfigStore.open(cluster)
    const contextName = cluster.flags.context || merged.currentContext
    const shown = flags.minify ? minified(merged, contextName) : merged
    const object = await viewOf(shown, { isRaw: flags.raw || flags.flatten, isFlat: flags.flatten })
    out(print({ object, keepsOrder: true }))
  },
})
