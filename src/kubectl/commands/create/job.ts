/** `kubectl create job`: of an image, or as a cron job would make it. */
import { stringFlag } from '#component/flags'
import { commandArguments, creationCommand } from '../../create/creation.ts'
import { CommandError } from '../../errors.ts'
import { getObject } from '../../resources/access.ts'
import { madeResources } from '../../resources/made-resources.ts'
import { resolveQueries } from '../../resources/queries.ts'
import { type AnyObject, type Fields, fieldsOf, valueAt } from '../../resources/unstructured.ts'

export const createJob = creationCommand({
  name: 'job',
  summary: 'Create a job with the specified name',
  examples: [
    ['A job', 'kubectl create job hello --image=busybox -- echo hello'],
    ['What a cron job does, now', 'kubectl create job now --from=cronjob/nightly'],
  ],
  usage: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  flags: {
    from: stringFlag('', 'The cron job to take the job from: cronjob/NAME.'),
    image: stringFlag('', 'Image of the container.'),
  },
  resource: madeResources.job,
  failure: 'failed to create job: ',
  async draft(call, name) {
    const { image, from } = call.flags
    const command = commandArguments(call)
    if ((image === '') === (from === '')) throw new CommandError('either --image or --from must be specified')
    if (command.length > 0 && from !== '') throw new CommandError('cannot specify --from and command')
    if (image !== '') return { metadata: { name }, spec: jobSpec(name, image, command, 'Never'), status: {} }
    const { queries } = await resolveQueries(call, { args: [from] })
    const [query] = queries
    if (query?.type !== 'object') throw new CommandError('from must be an existing cronjob')
    const source = await getObject(call.cluster, query)
    if (query.resource.kind !== 'CronJob') throw new CommandError('from must be an existing cronjob')
    return ofCronJob(name, source)
  },
})

/** Also what a cron job's template holds. */
export function jobSpec(name: string, image: string, command: readonly string[], restartPolicy: string): Fields {
  const container = { name, image, ...(command.length === 0 ? {} : { command }), resources: {} }
  return { template: { metadata: {}, spec: { containers: [container], restartPolicy } } }
}

function ofCronJob(name: string, cronJob: AnyObject): Fields {
  const template = fieldsOf(valueAt(cronJob, 'spec', 'jobTemplate'))
  const annotations = fieldsOf(valueAt(template, 'metadata', 'annotations'))
  const labels = valueAt(template, 'metadata', 'labels')
  const owner = { apiVersion: 'batch/v1', kind: cronJob.kind, name: cronJob.metadata.name, uid: cronJob.metadata.uid, controller: true }
  return {
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ownerReferences: [owner],
    },
    spec: fieldsOf(template['spec']),
    status: {},
  }
}
