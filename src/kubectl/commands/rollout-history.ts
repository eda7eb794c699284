/** `kubectl rollout history`: the revisions of a workload, or one of them in full. */
import { intFlag } from '#component/flags'
import type { PodTemplateSpec } from '#kinds/core/types.gen'
import { defineCommand } from '../command.ts'
import { podTemplateLines } from '../describe/pod-template.ts'
import { CommandError } from '../errors.ts'
import { formatFlags, printerOf } from '../print/formats.ts'
import { aligned } from '../print/tab-writer.ts'
import { eachLiveTarget, selectionOf } from '../resources/each-target.ts'
import { qualifiedName } from '../resources/resource-catalog.ts'
import { changeCauseAnnotation, type Revision, revisionsOf } from '../rollout/history.ts'
import { requireResource, rolloutFlags } from '../rollout/rollout-flags.ts'

export const rolloutHistory = defineCommand({
  name: 'history',
  summary: 'View previous rollout revisions and configurations',
  examples: [
    ['List the revisions of a deployment', 'kubectl rollout history deployment/web'],
    ['Show one of them', 'kubectl rollout history deployment/web --revision=3'],
  ],
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: { ...formatFlags, ...rolloutFlags, revision: intFlag(0, 'Show this revision, its pod template included.') },
  async run(call) {
    const { flags, args, out } = call
    requireResource(args, flags)
    if (flags.revision < 0) throw new CommandError(`revision must be a positive integer: ${flags.revision}`)
    const print = await printerOf(flags)
    await eachLiveTarget(call, { ...selectionOf(flags, args), listsByDefault: true }, async (target) => {
      const revisions = await revisionsOf(call, target)
      const type = `${qualifiedName(target.resource, target.name)} ${flags.revision === 0 ? '' : `with revision #${flags.revision}`}`
      if (revisions.length === 0 && print === undefined) return out(`${type}\nNo rollout history found.\n`)
      const chosen = flags.revision === 0 ? undefined : revisions.find(({ number }) => number === flags.revision)
      if (flags.revision > 0 && chosen === undefined) throw new CommandError('unable to find the specified revision')
      if (print !== undefined)
        return out(print({ object: (chosen ?? revisions.at(-1))?.object ?? target.object, resource: target.resource }))
      out(`${type}\n${chosen === undefined ? tableOf(revisions) : detailsOf(chosen)}\n`)
    })
  },
})

function tableOf(revisions: readonly Revision[]): string {
  const rows = revisions.map(({ number, changeCause }) => `${number}\t${changeCause || '<none>'}`)
  return aligned(['REVISION\tCHANGE-CAUSE', ...rows])
}

function detailsOf({ template, changeCause }: Revision): string {
  const metadata = typeof template['metadata'] === 'object' && template['metadata'] !== null ? template['metadata'] : {}
  const withCause =
    changeCause === ''
      ? metadata
      : { ...metadata, annotations: { ...Reflect.get(metadata, 'annotations'), [changeCauseAnnotation]: changeCause } }
  // As upstream: the tabs stay.
  return podTemplateLines({ ...template, metadata: withCause } as unknown as PodTemplateSpec)
    .map((line) => `${line}\n`)
    .join('')
}
