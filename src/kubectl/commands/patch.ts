/** `kubectl patch`: change single fields. */

import { readFile } from 'node:fs/promises'
import { parseYaml } from '#base/encoding/yaml'
import { boolFlag, stringFlag } from '#component/flags'
import { isDeepEqual } from '#meta/patch/equal'
import { defineCommand } from '../command.ts'
import { CommandError, messageOf } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { eachLiveTarget, eachTarget, type LiveTarget, selectionOf, withoutImpliedNamespace } from '../resources/each-target.ts'
import { patchedLocally } from '../resources/local-patch.ts'
import { fileFlags } from '../resources/manifests.ts'
import type { AnyObject } from '../resources/unstructured.ts'

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
    local: boolFlag(false, 'Work on the file alone, without a server.'),
    patch: stringFlag('', 'The patch, as JSON or YAML.', { shorthand: 'p' }),
    'patch-file': stringFlag('', 'A file that holds the patch.'),
    subresource: stringFlag('', 'Patch a subresource: status, scale or resize.'),
    type: stringFlag('strategic', 'The kind of patch: json, merge or strategic.'),
  },
  async run(call) {
    const { flags, args } = call
    const type = patchTypeOf(flags.type)
    const body = patchBody(await patchText(flags))
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags)
    const isLocal = flags.local || dryRun === 'client'
    const query = { ...dryRunQuery(dryRun), fieldManager: flags['field-manager'] }
    const change = async (target: LiveTarget) => {
      const { resource } = target
      const object = isLocal
        ? await patchedLocally(resource, target.object, { type, body })
        : await patchObject(call.cluster, target, { type, body, subresource: flags.subresource || undefined }, query)
      const isSame = isDeepEqual(withoutManagedFields(object), withoutManagedFields(target.object))
      report({ resource, object, operation: isSame ? 'patched (no change)' : 'patched' })
    }
    const selection = selectionOf(flags, args)
    if (!flags.local) await eachLiveTarget(call, selection, change, flags.subresource || undefined)
    else
      await eachTarget(call, selection, async (target) => {
        if (target.object !== undefined) await change({ ...target, object: withoutImpliedNamespace(target.object, call) })
      })
  },
})

function patchTypeOf(text: string): 'json' | 'merge' | 'strategic' {
  if (text === 'json' || text === 'merge' || text === 'strategic') return text
  throw new CommandError(`--type must be one of [json merge strategic], not ${JSON.stringify(text)}`)
}

type PatchFlags = { readonly patch: string; readonly 'patch-file': string }

async function patchText({ patch: text, 'patch-file': file }: PatchFlags): Promise<string> {
  if (text !== '' && file !== '') throw new CommandError('cannot specify --patch and --patch-file together')
  if (text === '' && file === '') throw new CommandError('must specify --patch or --patch-file containing the contents of the patch')
  if (file === '') return text
  return await readFile(file, 'utf8').catch(() => {
    throw new CommandError(`unable to read patch file: open ${file}: no such file or directory`)
  })
}

/** The server writes down who did what even where nothing changes. */
function withoutManagedFields(object: AnyObject): unknown {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

function patchBody(text: string): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    throw new CommandError(`unable to parse ${JSON.stringify(text)}: yaml: ${messageOf(error)}`)
  }
}
