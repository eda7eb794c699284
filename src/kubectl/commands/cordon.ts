/** `kubectl cordon` and `kubectl uncordon`. */
import { stringFlag } from '#component/flags'
import { type Command, defineCommand } from '../command.ts'
import { eachNode } from '../nodes/chosen-nodes.ts'
import { setSchedulable } from '../nodes/schedulable.ts'
import { dryRunFlag, dryRunOf } from '../print/outcome.ts'

export const cordon = schedulingCommand('cordon', false)
export const uncordon = schedulingCommand('uncordon', true)

function schedulingCommand(name: string, isSchedulable: boolean): Command {
  return defineCommand({
    name,
    summary: `Mark node as ${isSchedulable ? 'schedulable' : 'unschedulable'}`,
    examples: [
      [isSchedulable ? 'New pods may come again' : 'No new pods, for those that are there nothing changes', `kubectl ${name} node-1`],
    ],
    usage: 'NODE',
    flags: {
      'dry-run': dryRunFlag,
      selector: stringFlag('', 'Only nodes with these labels.', { shorthand: 'l' }),
    },
    async run(call) {
      const dryRun = dryRunOf(call.flags['dry-run'])
      await eachNode(call, { command: name, selector: call.flags.selector }, (node) => setSchedulable(call, node, isSchedulable, dryRun))
    },
  })
}
