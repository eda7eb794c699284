/** `kubectl create cronjob`. */
import { stringFlag } from '#component/flags'
import { commandArguments, creationCommand } from '../../create/creation.ts'
import { madeResources } from '../../resources/made-resources.ts'
import { jobSpec } from './job.ts'

export const createCronJob = creationCommand({
  name: 'cronjob',
  aliases: ['cj'],
  summary: 'Create a cron job with the specified name',
  examples: [['Every minute', `kubectl create cronjob tick --image=busybox --schedule="*/1 * * * *" -- date`]],
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
  flags: {
    image: stringFlag('', 'Image of the container.'),
    restart: stringFlag('', 'Restart policy of the pods: OnFailure or Never.'),
    schedule: stringFlag('', 'When to run, as cron writes it.'),
  },
  required: ['image', 'schedule'],
  resource: madeResources.cronJob,
  failure: 'failed to create cronjob: ',
  draft(call, name) {
    const { image, restart, schedule } = call.flags
    const spec = jobSpec(name, image, commandArguments(call), restart === '' ? 'OnFailure' : restart)
    return { metadata: { name }, spec: { schedule, jobTemplate: { metadata: { name }, spec } }, status: {} }
  },
})
