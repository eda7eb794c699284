/** `kubectl scale`: another number of replicas, through the scale subresource. */
import { boolFlag, durationFlag, intFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../command.ts'
import { requireFlags } from '../create/creation.ts'
import { CommandError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { getObject, patchObject, replaceObject } from '../resources/access.ts'
import { eachLiveTarget, selectionOf } from '../resources/each-target.ts'
import { fileFlags } from '../resources/manifests.ts'
import type { ObjectQuery } from '../resources/queries.ts'
import { fieldsOf, valueAt } from '../resources/unstructured.ts'
import { waitFor } from '../wait/condition.ts'

const scaleFlags = {
  ...formatFlags,
  ...fileFlags,
  all: boolFlag(false, 'All objects of the type in the namespace.'),
  'current-replicas': intFlag(-1, 'Scale only if there are this many now.'),
  'dry-run': dryRunFlag,
  replicas: intFlag(-1, 'The new number of replicas.'),
  'resource-version': stringFlag('', 'Scale only if the object is still at this revision.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  timeout: durationFlag(0, 'How long to wait for the scaling; 0 does not wait.'),
}

export const scale = defineCommand({
  name: 'scale',
  summary: 'Set a new size for a deployment, replica set, or replication controller',
  examples: [
    ['Three replicas', 'kubectl scale --replicas=3 deployment/web'],
    ['Only if there are two now', 'kubectl scale --current-replicas=2 --replicas=3 deployment/web'],
  ],
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  flags: scaleFlags,
  async run(call) {
    const { flags, args } = call
    requireFlags(call, ['replicas'])
    if (flags.replicas < 0) throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    const count = await eachLiveTarget(call, selectionOf(flags, args), async (target) => {
      if (dryRun !== 'client') await scaleTo(call, target)
      const { object, resource } = target
      if (flags.timeout > 0 && dryRun === 'none') await waitUntilScaled(call, target)
      report({ resource, object: { ...object, spec: { ...fieldsOf(object['spec']), replicas: flags.replicas } }, operation: 'scaled' })
    })
    if (count === 0) throw new CommandError('no objects passed to scale')
  },
})

async function scaleTo({ cluster, flags }: Call<typeof scaleFlags>, target: ObjectQuery): Promise<void> {
  const query = dryRunQuery(dryRunOf(flags['dry-run']))
  const { replicas, 'current-replicas': expected, 'resource-version': revision } = flags
  if (expected < 0 && revision === '') {
    await patchObject(cluster, target, { type: 'merge', body: { spec: { replicas } }, subresource: 'scale' }, query)
    return
  }
  const current = await getObject(cluster, target, 'scale')
  const count = Number(valueAt(current, 'spec', 'replicas') ?? 0)
  if (expected >= 0 && count !== expected) throw new CommandError(`Expected replicas to be ${expected}, was ${count}`)
  if (revision !== '' && current.metadata.resourceVersion !== revision)
    throw new CommandError(`Expected resource version to be ${revision}, was ${current.metadata.resourceVersion}`)
  await replaceObject(cluster, target, { ...current, spec: { ...fieldsOf(current['spec']), replicas } }, query, 'scale')
}

/** Until the controller has seen the number and made as many pods. */
async function waitUntilScaled(call: Call<typeof scaleFlags>, target: ObjectQuery): Promise<void> {
  const { replicas, timeout } = call.flags
  const patience = { timeoutMs: timeout, timeoutMessage: `timed out waiting for ${JSON.stringify(target.name)} to be synced` }
  await waitFor(call, target, patience, (object) => {
    if (object === undefined) return true
    const isObserved = (object.metadata.generation ?? 0) <= Number(valueAt(object, 'status', 'observedGeneration') ?? 0)
    return isObserved && Number(valueAt(object, 'status', 'replicas') ?? 0) === replicas
  })
}
