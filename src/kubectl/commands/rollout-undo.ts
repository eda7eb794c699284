/** `kubectl rollout undo`: an earlier pod template again. */
import { intFlag } from '#component/flags'
import { isDeepEqual } from '#meta/patch/equal'
import { lastAppliedAnnotation, lastAppliedOf } from '../apply/last-applied.ts'
import { type Call, defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { type DryRun, dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { eachLiveTarget, type LiveTarget, selectionOf } from '../resources/each-target.ts'
import { qualifiedPlural } from '../resources/resource-catalog.ts'
import { type Fields, fieldsOf, valueAt } from '../resources/unstructured.ts'
import { type Revision, revisionsOf } from '../rollout/history.ts'
import { requireResource, rolloutFlags } from '../rollout/rollout-flags.ts'

export const rolloutUndo = defineCommand({
  name: 'undo',
  summary: 'Roll back to a previous rollout',
  examples: [
    ['Back to the revision before', 'kubectl rollout undo deployment/web'],
    ['Back to a certain revision', 'kubectl rollout undo deployment/web --to-revision=3'],
  ],
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: {
    ...formatFlags,
    ...rolloutFlags,
    'dry-run': dryRunFlag,
    'to-revision': intFlag(0, 'The revision to go back to; 0 for the one before.'),
  },
  async run(call) {
    const { flags, args } = call
    requireResource(args, flags)
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    await eachLiveTarget(call, { ...selectionOf(flags, args), listsByDefault: true }, async (target) => {
      const operation = await rollBack(call, target, flags['to-revision'], dryRun)
      report({ ...target, operation })
    })
  },
})

async function rollBack(call: Call, target: LiveTarget, wanted: number, dryRun: DryRun): Promise<string> {
  const { object, resource, name } = target
  if (lastAppliedOf(object) !== undefined)
    call.err(
      `Warning: resource ${resource.plural}/${name} was previously managed with 'kubectl apply'. Rolling back will not update the ${lastAppliedAnnotation} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
    )
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(object.kind))
    throw new CommandError(`error retrieving rollbacker for ${JSON.stringify(object.kind)}, no visitor method exists for { ${object.kind}}`)
  const revision = chosenRevision(await revisionsOf(call, target), wanted, target)
  if (valueAt(object, 'spec', 'paused') === true) {
    throw new CommandError(
      `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume deployment/${name}' and try again`,
    )
  }
  const template = withoutHash(revision.template)
  if (isDeepEqual(template, withoutHash(fieldsOf(valueAt(object, 'spec', 'template')))))
    return `skipped rollback (current template already matches revision ${wanted || revision.number})`
  if (dryRun === 'client') return 'rolled back'
  const isDeployment = resource.kind === 'Deployment'
  const annotations = { ...object.metadata.annotations, ...(isDeployment ? carriedAnnotations(revision) : {}) }
  const operations = [
    { op: 'replace', path: '/spec/template', value: template },
    ...(isDeployment ? [{ op: 'replace', path: '/metadata/annotations', value: annotations }] : []),
  ]
  await patchObject(call.cluster, target, { type: 'json', body: operations }, dryRunQuery(dryRun))
  return 'rolled back'
}

function chosenRevision(revisions: readonly Revision[], wanted: number, { resource, name }: LiveTarget): Revision {
  if (wanted < 0) throw new CommandError('unable to find specified revision in history')
  if (wanted > 0) {
    const found = revisions.find(({ number }) => number === wanted)
    if (found === undefined) throw new CommandError(`unable to find specified revision ${wanted} in history`)
    return found
  }
  const before = revisions.at(-2)
  if (before === undefined)
    throw new CommandError(
      `no rollout history found for ${resource.group === 'apps' ? resource.singular : qualifiedPlural(resource)} ${JSON.stringify(name)}`,
    )
  return before
}

/** A deployment keeps its own revision number and what was applied last; the rest comes from the old ReplicaSet. */
function carriedAnnotations({ object }: Revision): Readonly<Record<string, string>> {
  const own = new Set([
    'kubectl.kubernetes.io/last-applied-configuration',
    'deployment.kubernetes.io/revision',
    'deployment.kubernetes.io/revision-history',
    'deployment.kubernetes.io/desired-replicas',
    'deployment.kubernetes.io/max-replicas',
    'deprecated.deployment.rollback.to',
  ])
  return Object.fromEntries(Object.entries(object.metadata.annotations ?? {}).filter(([key]) => !own.has(key)))
}

function withoutHash(template: Fields): Fields {
  const metadata = fieldsOf(template['metadata'])
  const labels = Object.fromEntries(Object.entries(fieldsOf(metadata['labels'])).filter(([key]) => key !== 'pod-template-hash'))
  return { ...template, metadata: { ...metadata, labels } }
}
