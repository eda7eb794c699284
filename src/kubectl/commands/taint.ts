/** `kubectl taint`. */
import { boolFlag, stringFlag } from '#component/flags'
import { strategicPatchBetween } from '#meta/patch/strategic-diff'
import { defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'
import { changedTaints, isTaintWord, parseTaints, type Taint } from '../nodes/taints.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { builtInSchemaOf } from '../resources/built-in-schemas.ts'
import { eachLiveTarget } from '../resources/each-target.ts'
import { validationFlag } from '../resources/field-validation.ts'
import { resourceNamed } from '../resources/queries.ts'
import { fieldsOf, listOf, valueAt } from '../resources/unstructured.ts'

export const taint = defineCommand({
  name: 'taint',
  summary: 'Update the taints on one or more nodes',
  description: 'A taint has a key, a value and an effect: NoSchedule, PreferNoSchedule or NoExecute.',
  examples: [
    ['Only pods that tolerate it may come', 'kubectl taint nodes node-1 dedicated=database:NoSchedule'],
    ['Take away the taint of one effect', 'kubectl taint nodes node-1 dedicated:NoSchedule-'],
    ['Take away all taints of a key', 'kubectl taint nodes node-1 dedicated-'],
  ],
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  flags: {
    ...formatFlags,
    all: boolFlag(false, 'All nodes.'),
    'dry-run': dryRunFlag,
    'field-manager': stringFlag('kubectl-taint', 'Whose fields these are, for managedFields.'),
    overwrite: boolFlag(false, 'Allow to change what is there already.'),
    selector: stringFlag('', 'Only nodes with these labels.', { shorthand: 'l' }),
    validate: validationFlag,
  },
  async run(call) {
    const { flags, args, cluster } = call
    const first = args.findIndex(isTaintWord)
    const [plain, words] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)]
    const [type] = plain
    if (type === undefined) throw new CommandError('one or more resources must be specified as <resource> <name>')
    if (words.length === 0) throw new CommandError('at least one taint update is required')
    if (flags.all && flags.selector !== '') throw new CommandError("setting 'all' parameter with a non empty selector is prohibited")
    const changes = parseTaints(words)
    if ((await resourceNamed(call, type.replace(/\/.*$/, ''))).kind !== 'Node')
      throw new CommandError(`invalid resource type ${type}, only node types are supported`)
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags)
    await eachLiveTarget(call, { args: plain, selector: flags.selector, isAll: flags.all }, async (node) => {
      const before = listOf(valueAt(node.object, 'spec', 'taints')) as readonly Taint[]
      const { operation, taints } = changedTaints(node.name, before, changes, flags.overwrite)
      const after = { ...node.object, spec: { ...fieldsOf(node.object['spec']), taints } }
      const { resource } = node
      if (dryRun === 'client') return report({ resource, object: after, operation })
      const schema = await builtInSchemaOf(resource)
      const body = schema === undefined ? { spec: { taints } } : strategicPatchBetween(schema, node.object, after)
      const query = { ...dryRunQuery(dryRun), fieldManager: flags['field-manager'] }
      report({ resource, object: await patchObject(cluster, node, { type: 'strategic', body }, query), operation })
    })
  },
})
