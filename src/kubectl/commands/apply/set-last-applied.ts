/** `kubectl apply set-last-applied`: remembers a file as what was applied, without applying it. */
import { boolFlag } from '#component/flags'
import { annotationPatch, lastAppliedOf } from '../../apply/last-applied.ts'
import { defineCommand } from '../../command.ts'
import { CommandError } from '../../errors.ts'
import { formatFlags } from '../../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../../print/outcome.ts'
import { getObject, patchObject } from '../../resources/access.ts'
import { eachTarget, selectionOf } from '../../resources/each-target.ts'
import { fileFlags } from '../../resources/manifests.ts'
import type { ObjectQuery } from '../../resources/queries.ts'

export const setLastApplied = defineCommand({
  name: 'set-last-applied',
  summary: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  examples: [['Remember the file as applied', 'kubectl apply set-last-applied -f web.yaml']],
  usage: '-f FILENAME',
  flags: {
    ...formatFlags,
    ...fileFlags,
    'create-annotation': boolFlag(false, 'Also where nothing was applied yet.'),
    'dry-run': dryRunFlag,
  },
  async run(call) {
    const { flags, args, cluster } = call
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    const targets: ObjectQuery[] = []
    await eachTarget(call, selectionOf(flags, args), async (target) => {
      const live = await getObject(cluster, target)
      if (lastAppliedOf(live) === undefined && !flags['create-annotation'])
        throw new CommandError(
          `no last-applied-configuration annotation found on resource: ${target.name}, to create the annotation, run the command with --create-annotation`,
        )
      targets.push(target)
    })
    for (const target of targets) {
      const { object, resource } = target
      if (object === undefined) continue
      const body = annotationPatch(object)
      const saved = dryRun === 'client' ? object : await patchObject(cluster, target, { type: 'merge', body }, dryRunQuery(dryRun))
      report({ resource, object: saved, operation: 'configured' })
    }
  },
})
