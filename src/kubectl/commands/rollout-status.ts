/** `kubectl rollout status`: follows a rollout until it is done or has failed. */
import { boolFlag, durationFlag, intFlag } from '#component/flags'
import { defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'
import { eachLiveTarget, selectionOf } from '../resources/each-target.ts'
import { progressOf } from '../rollout/progress.ts'
import { requireResource, rolloutFlags } from '../rollout/rollout-flags.ts'
import { waitFor } from '../wait/condition.ts'

export const rolloutStatus = defineCommand({
  name: 'status',
  summary: 'Show the status of the rollout',
  examples: [['Watch the rollout of a deployment', 'kubectl rollout status deployment/web']],
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: {
    ...rolloutFlags,
    revision: intFlag(0, 'End if the newest revision is not this one.'),
    timeout: durationFlag(0, 'How long to follow it; 0 until it is done.'),
    watch: boolFlag(true, 'Follow it until it is done.', { shorthand: 'w' }),
  },
  async run(call) {
    const { flags, args, out } = call
    requireResource(args, flags)
    if (flags.revision < 0) throw new CommandError(`revision must be a positive integer: ${flags.revision}`)
    const timeoutMs = flags.timeout === 0 ? Number.POSITIVE_INFINITY : flags.timeout
    await eachLiveTarget(call, { ...selectionOf(flags, args), listsByDefault: true }, async (target) => {
      await waitFor(call, target, { timeoutMs, timeoutMessage: 'timed out waiting for the condition' }, (object) => {
        if (object === undefined) throw new CommandError('object has been deleted')
        const { text, isDone } = progressOf(object, flags.revision)
        out(text)
        return isDone || !flags.watch
      })
    })
  },
})
