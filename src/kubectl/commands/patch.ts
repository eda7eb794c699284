/** `kubectl patch`: change single fields. */

import { readFile } from 'node:fs/promises'
import { parseYaml } from '#base/encoding/yaml'
import { boolFlag, choiceFlag, stringFlag } from '#component/flags'
import { defineCommand } from '../command.ts'
import { CommandError, messageOf, UsageError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { eachLiveTarget, selectionOf } from '../resources/each-target.ts'
import { fileFlags } from '../resources/manifests.ts'

export const patch = defineCommand({
  name: 'patch',
  summary: 'Update fields of a resource',
  examples: [
    ['Cordon a node with a strategic merge patch', `kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'`],
    [
      'Change one entry of a list with a JSON patch',
      `kubectl patch pod web --type=json -p '[{"op":"replace","path":"/spec/containers/0/image","value":"nginx:2"}]'`,
    ],
  ],
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  flags: {
    ...formatFlags,
    ...fileFlags,
    'dry-run': dryRunFlag,
    'field-manager': stringFlag('kubectl-patch', 'Whose fields these are, for managedFields.'),
    local: boolFlag(false, 'Work on the file alone (needs the real kubectl).'),
    patch: stringFlag('', 'The patch, as JSON or YAML.', { shorthand: 'p' }),
    'patch-file': stringFlag('', 'A file that holds the patch.'),
    subresource: stringFlag('', 'Patch a subresource: status, scale or resize.'),
    type: choiceFlag(['json', 'merge', 'strategic'] as const, 'strategic', 'The kind of patch: json, merge or strategic.'),
  },
  async run(call) {
    const { flags, args } = call
    if (flags.local) throw new CommandError("--local is not part of Navarch's kubectl yet: use the real kubectl for it")
    if ((flags.patch === '') === (flags['patch-file'] === '')) throw new UsageError('must specify exactly one of --patch or --patch-file')
    const body = patchBody(flags.patch === '' ? await readFile(flags['patch-file'], 'utf8') : flags.patch)
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    await eachLiveTarget(call, selectionOf(flags, args), async (target) => {
      const query = { ...dryRunQuery(dryRun), fieldManager: flags['field-manager'] }
      if (dryRun === 'client') return report({ ...target, operation: 'patched' })
      const object = await patchObject(call.cluster, target, { type: flags.type, body, subresource: flags.subresource || undefined }, query)
      const isSame = object.metadata.resourceVersion === target.object.metadata.resourceVersion
      report({ resource: target.resource, object, operation: isSame ? 'patched (no change)' : 'patched' })
    })
  },
})

function patchBody(text: string): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    throw new CommandError(`unable to parse ${JSON.stringify(text)}: yaml: ${messageOf(error)}`)
  }
}
