/** What `label` and `annotate` share: KEY=VALUE and KEY- words, sent as a merge patch. */
import { boolFlag, stringFlag } from '#component/flags'
import { groupVersionOf } from '#meta/kind'
import { isDeepEqual } from '#meta/patch/equal'
import { type Call, type Command, defineCommand } from '../command.ts'
import { CommandError, throwAll } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { eachLiveTarget, eachTarget, type LiveTarget, selectionOf, withoutImpliedNamespace } from '../resources/each-target.ts'
import { fileFlags, hasFiles } from '../resources/manifests.ts'
import type { AnyObject } from '../resources/unstructured.ts'
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
  local: boolFlag(false, 'Work on the file alone, without a server.'),
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
  if (plain.length === 0 && !hasFiles(flags))
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (changes.set.size === 0 && changes.removed.length === 0 && !flags.list)
    throw new CommandError(`at least one ${words.noun} update is required`)
  const dryRun = dryRunOf(flags['dry-run'])
  if (flags.local && dryRun === 'server')
    throw new CommandError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  const report = await reporter(call, flags, dryRun)
  const targets = await targetsOf(call, plain)
  await eachOf(targets, async (target) => {
    const before = target.object.metadata[words.field] ?? {}
    refuseOverwrites(call, words, changes, before)
    if (words.field === 'labels')
      for (const key of changes.removed) if (before[key] === undefined) call.out(`label ${JSON.stringify(key)} not found.\n`)
    const after = Object.fromEntries([...Object.entries(before).filter(([key]) => !changes.removed.includes(key)), ...changes.set])
    if (flags.list) return list(call, words, target, { values: after, isOneOfMany: targets.length > 1 })
    const isSame = isDeepEqual(before, after)
    const object =
      isSame || flags.local || dryRun === 'client'
        ? withValues(target.object, words.field, after)
        : await send(call, words, changes, target)
    const operation = isSame ? words.unchanged : changes.removed.length > 0 && changes.set.size === 0 ? words.undone : words.done
    report({ resource: target.resource, object, operation })
  })
}

/** Of a file alone with `--local`, otherwise as the server has them. */
async function targetsOf(call: MetadataCall, plain: readonly string[]): Promise<readonly LiveTarget[]> {
  const { flags } = call
  const targets: LiveTarget[] = []
  const selection = selectionOf(flags, plain)
  if (!flags.local) await eachLiveTarget(call, selection, async (target) => void targets.push(target))
  else
    await eachTarget(call, selection, async (target) => {
      if (target.object !== undefined) targets.push({ ...target, object: withoutImpliedNamespace(target.object, call) })
    })
  return targets
}

/** One failure does not keep the others from being done. */
async function eachOf(targets: readonly LiveTarget[], act: (target: LiveTarget) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const target of targets) await act(target).catch((error: unknown) => failures.push(error))
  throwAll(failures)
}

function withValues(object: AnyObject, field: MetadataWords['field'], values: Readonly<Record<string, string>>): AnyObject {
  return { ...object, metadata: { ...object.metadata, [field]: values } }
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
    if (current === undefined || current === value) continue
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

type Listing = { readonly values: Readonly<Record<string, string>>; readonly isOneOfMany: boolean }

function list({ out, err }: MetadataCall, { field }: MetadataWords, { object, name }: LiveTarget, { values, isOneOfMany }: Listing): void {
  const [group] = groupVersionOf(object.apiVersion)
  if (isOneOfMany) err(`Listing ${field} for ${object.kind}.${group}/${name}:\n`)
  for (const key of Object.keys(values).sort()) out(`${isOneOfMany ? ' ' : ''}${key}=${values[key]}\n`)
}
