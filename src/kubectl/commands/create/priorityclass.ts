/** `kubectl create priorityclass`. */
import { boolFlag, intFlag, stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createPriorityClass = creationCommand({
  name: 'priorityclass',
  aliases: ['pc'],
  summary: 'Create a priority class with the specified name, value, globalDefault and description',
  examples: [['Important pods', 'kubectl create priorityclass high --value=1000 --description="important"']],
  usage: 'NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  flags: {
    description: stringFlag('', 'When to use the class.'),
    'global-default': boolFlag(false, 'Pods that name no class are of this one.'),
    'preemption-policy': stringFlag(
      'PreemptLowerPriority',
      'Whether pods of the class take the place of less important ones: PreemptLowerPriority or Never.',
    ),
    value: intFlag(0, 'How important pods of the class are.'),
  },
  resource: madeResources.priorityClass,
  failure: 'failed to create priorityclass: ',
  draft: ({ flags }, name) => ({
    metadata: { name },
    value: flags.value,
    ...(flags['global-default'] ? { globalDefault: true } : {}),
    ...(flags.description === '' ? {} : { description: flags.description }),
    preemptionPolicy: flags['preemption-policy'],
  }),
})
