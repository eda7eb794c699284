/** `kubectl rollout pause` and `resume`: whether changes of a deployment are carried out. */
import { stringFlag } from '#component/flags'
import { type Command, defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { eachLiveTarget, selectionOf } from '../resources/each-target.ts'
import { qualifiedPlural } from '../resources/resource-catalog.ts'
import { valueAt } from '../resources/unstructured.ts'
import { requireResource, rolloutFlags } from '../rollout/rollout-flags.ts'

export const rolloutPause = pauseCommand('pause', true, 'Mark the provided resource as paused')
export const rolloutResume = pauseCommand('resume', false, 'Resume a paused resource')

function pauseCommand(name: string, pauses: boolean, summary: string): Command {
  const done = pauses ? 'paused' : 'resumed'
  return defineCommand({
    name,
    summary,
    usage: 'RESOURCE',
    flags: {
      ...formatFlags,
      ...rolloutFlags,
      'field-manager': stringFlag('kubectl-rollout', 'Whose fields these are, for managedFields.'),
    },
    async run(call) {
      const { flags, args, cluster } = call
      requireResource(args, flags)
      const report = await reporter(call, flags)
      await eachLiveTarget(call, { ...selectionOf(flags, args), listsByDefault: true }, async (target) => {
        const { resource, object } = target
        const named = `${qualifiedPlural(resource)} ${JSON.stringify(target.name)}`
        if (resource.kind !== 'Deployment') throw new CommandError(`${named} ${pauses ? 'pausing' : 'resuming'} is not supported`)
        const isPaused = valueAt(object, 'spec', 'paused') === true
        if (isPaused === pauses) throw new CommandError(`${named} is ${pauses ? 'already paused' : 'not paused'}`)
        const patched = await patchObject(
          cluster,
          target,
          { type: 'strategic', body: { spec: { paused: pauses || null } } },
          { fieldManager: flags['field-manager'] },
        )
        report({ resource, object: patched, operation: done })
      })
    },
  })
}
