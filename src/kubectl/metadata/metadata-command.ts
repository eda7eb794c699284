/** What `label` and `annotate` share: KEY=VALUE and KEY- words, sent as a merge patch. */
import { boolFlag, stringFlag } from '#component/flags'
import { type Call, type Command, defineCommand } from '../command.ts'
import { CommandError, UsageError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { eachLiveTarget, type LiveTarget, selectionOf } from '../resources/each-target.ts'
import { fileFlags } from '../resources/manifests.ts'
import { qualifiedName } from '../resources/resource-catalog.ts'
import { type Changes, parseChanges } from './changes.ts'

const metadataFlags = {
  ...formatFlags,
  ...fileFlags,
  all: boolFlag(false, 'All objects of the type in the namespace.'),
  'all-namespaces': boolFlag(false, 'Look in all namespaces.', { shorthand: 'A' }),
  'dry-run': dryRunFlag,
  'field-manager': stringFlag('', 'Whose fields these are, for managedFields.'),
  'field-selector': stringFlag('', 'Only objects with these fields.'),
  list: boolFlag(false, 'Show what there is.'),
  overwrite: boolFlag(false, 'Allow to change what is there already.'),
  'resource-version': stringFlag('', 'Only if the object is still at this revision.'),
  selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
}

type MetadataCall = Call<typeof metadataFlags>

export type MetadataWords = {
  readonly name: string
  readonly field: 'labels' | 'annotations'
  readonly noun: string
  readonly done: string
  readonly undone: string
  readonly unchanged: string
  readonly summary: string
  readonly examples: Command['examples']
}

export function metadataCommand(words: MetadataWords): Command {
  return defineCommand({
    name: words.name,
    summary: words.summary,
    examples: words.examples ?? [],
    usage: `[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]`,
    flags: metadataFlags,
    run: (call) => change(call, words),
  })
}

async function change(call: MetadataCall, words: MetadataWords): Promise<void> {
  const { flags, args } = call
  const { plain, changes } = parseChanges(args, words.noun)
  if (changes.set.size === 0 && changes.removed.length === 0 && !flags.list)
    throw new UsageError(`at least one ${words.noun} update is required`)
  const dryRun = dryRunOf(flags['dry-run'])
  const report = await reporter(call, flags, dryRun)
  await eachLiveTarget(call, selectionOf(flags, plain), async (target) => {
    const before = target.object.metadata[words.field] ?? {}
    refuseOverwrites(call, words, changes, before)
    for (const key of changes.removed)
      if (before[key] === undefined && words.field === 'labels') call.out(`label ${JSON.stringify(key)} not found.\n`)
    const after = Object.fromEntries([...Object.entries(before).filter(([key]) => !changes.removed.includes(key)), ...changes.set])
    const isSame = JSON.stringify(Object.entries(before).toSorted()) === JSON.stringify(Object.entries(after).toSorted())
    const object =
      isSame || dryRun === 'client'
        ? { ...target.object, metadata: { ...target.object.metadata, [words.field]: after } }
        : await send(call, words, changes, target)
    if (flags.list) return list(call, target, after)
    const operation = isSame ? words.unchanged : changes.removed.length > 0 && changes.set.size === 0 ? words.undone : words.done
    report({ resource: target.resource, object, operation })
  })
}

function refuseOverwrites(
  { flags }: MetadataCall,
  { field, noun }: MetadataWords,
  { set }: Changes,
  before: Readonly<Record<string, string>>,
): void {
  if (flags.overwrite) return
  for (const [key, value] of set) {
    const current = before[key]
    if (current === undefined || (current === value && field === 'labels')) continue
    if (field === 'labels') throw new CommandError(`'${key}' already has a value (${current}), and --overwrite is false`)
    throw new CommandError(`--overwrite is false but found the following declared ${noun}(s): '${key}' already has a value (${current})`)
  }
}

async function send({ cluster, flags }: MetadataCall, words: MetadataWords, { set, removed }: Changes, target: LiveTarget) {
  const fields = Object.fromEntries([...set, ...removed.map((key) => [key, null] as const)])
  const version = flags['resource-version'] === '' ? {} : { resourceVersion: flags['resource-version'] }
  const query = { ...dryRunQuery(dryRunOf(flags['dry-run'])), fieldManager: flags['field-manager'] || `kubectl-${words.name}` }
  return await patchObject(cluster, target, { type: 'merge', body: { metadata: { ...version, [words.field]: fields } } }, query)
}

function list({ out }: MetadataCall, { resource, name }: LiveTarget, values: Readonly<Record<string, string>>): void {
  out(`Listing labels for ${qualifiedName(resource, name)}:\n`)
  for (const key of Object.keys(values).sort()) out(` ${key}=${values[key]}\n`)
}
