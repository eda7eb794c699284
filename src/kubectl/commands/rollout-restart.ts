/** `kubectl rollout restart`: new pods of the same template. */

import { nowRfc3339 } from '#base/env/clock'
import { stringFlag } from '#component/flags'
import { defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { eachLiveTarget, selectionOf } from '../resources/each-target.ts'
import { valueAt } from '../resources/unstructured.ts'
import { requireResource, rolloutFlags } from '../rollout/rollout-flags.ts'

const restartedAt = 'kubectl.kubernetes.io/restartedAt'

export const rolloutRestart = defineCommand({
  name: 'restart',
  summary: 'Restart a resource',
  examples: [['Restart all pods of a deployment, a few at a time', 'kubectl rollout restart deployment/web']],
  usage: 'RESOURCE',
  flags: { ...formatFlags, ...rolloutFlags, 'field-manager': stringFlag('kubectl-rollout', 'Whose fields these are, for managedFields.') },
  async run(call) {
    const { flags, args, cluster, host } = call
    requireResource(args, flags)
    const report = await reporter(call, flags)
    await eachLiveTarget(call, { ...selectionOf(flags, args), listsByDefault: true }, async (target) => {
      const { kind } = target.object
      if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind))
        throw new CommandError(`${target.resource.plural} ${JSON.stringify(target.name)} restarting is not supported`)
      if (valueAt(target.object, 'spec', 'paused') === true)
        throw new CommandError(
          `${target.resource.plural}.${target.resource.group} ${JSON.stringify(target.name)} can't restart paused deployment (run rollout resume first)`,
        )
      const annotations = { [restartedAt]: nowRfc3339(host.clock) }
      if (valueAt(target.object, 'spec', 'template', 'metadata', 'annotations', restartedAt) === annotations[restartedAt])
        throw new CommandError(
          `failed to create patch for ${target.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        )
      const body = { spec: { template: { metadata: { annotations } } } }
      const object = await patchObject(cluster, target, { type: 'strategic', body }, { fieldManager: flags['field-manager'] })
      report({ resource: target.resource, object, operation: 'restarted' })
    })
  },
})
