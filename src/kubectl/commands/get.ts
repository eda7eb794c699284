/** `kubectl get`: what there is, as a table or in any other format, now or live. */
import { boolFlag, type Flag, intFlag, listFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, UsageError } from '../errors.ts'
import { showObjects } from '../get/objects.ts'
import { rawGet } from '../get/raw.ts'
import { showTables } from '../get/tables.ts'
import { watchForChanges } from '../get/watch.ts'
import { formatFlags, printerOf } from '../print/formats.ts'
import { fileFlags, hasFiles } from '../resources/manifests.ts'
import { resolveQueries } from '../resources/queries.ts'

export const getFlags = {
  ...formatFlags,
  ...fileFlags,
  output: stringFlag(
    '',
    'How to print: json, yaml, name, wide, custom-columns, custom-columns-file, go-template, go-template-file, jsonpath, jsonpath-as-json, jsonpath-file.',
    { shorthand: 'o' },
  ),
  'all-namespaces': boolFlag(false, 'Look in all namespaces, whatever --namespace and the context say.', { shorthand: 'A' }),
  'chunk-size': intFlag(500, 'Ask for long lists in pieces of this size; 0 for all at once.'),
  'field-selector': stringFlag(
    '',
    'Only objects with these fields, such as metadata.name=web or status.phase!=Running; each type knows a few.',
  ),
  'ignore-not-found': boolFlag(false, 'An object that does not exist is no error.'),
  'label-columns': { ...listFlag([], 'Labels to show as columns of their own.'), shorthand: 'L' } as Flag<readonly string[]>,
  'no-headers': boolFlag(false, 'Leave the header of the table out.'),
  'output-watch-events': boolFlag(false, 'With --watch: also print what kind of change each object comes with.'),
  raw: stringFlag('', 'A path on the server, to be printed as it is.'),
  selector: stringFlag('', "Only objects with these labels: '=', '==', '!=', 'in (a,b)', 'notin (a,b)', 'key', '!key', joined by commas.", {
    shorthand: 'l',
  }),
  'server-print': boolFlag(true, 'Let the server make the table.'),
  'show-kind': boolFlag(false, 'Put the type before each name.'),
  'show-labels': boolFlag(false, 'Show all labels as the last column.'),
  'sort-by': stringFlag('', "Order of the list: a JSONPath such as '{.metadata.name}'."),
  subresource: stringFlag('', 'Show a subresource: status, scale or resize.'),
  watch: boolFlag(false, 'After the list, go on with every change.', { shorthand: 'w' }),
  'watch-only': boolFlag(false, 'Only changes, without the list before.'),
}

export type GetCall = Call<typeof getFlags>

export const get = defineCommand({
  name: 'get',
  summary: 'Display one or many resources',
  description:
    'Prints a table of the most important facts. "kubectl api-resources" lists the types. What is still starting is shown too; what lives in a namespace is looked for in the current one.',
  examples: [
    ['List all pods', 'kubectl get pods'],
    ['List all pods with more facts, such as their node', 'kubectl get pods -o wide'],
    ['Show one deployment as YAML', 'kubectl get deployment web -o yaml'],
    ['Watch pods with a label', 'kubectl get pods -l app=web --watch'],
    ['Print one field', "kubectl get pod web -o jsonpath='{.status.phase}'"],
  ],
  usage: '[(-o|--output=)FORMAT] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  flags: getFlags,
  async run(call) {
    const { flags, args, cluster } = call
    if (flags.raw !== '') return await rawGet(call)
    checkFlags(call)
    const resolved = await resolveQueries(call, {
      args,
      files: flags,
      selector: flags.selector,
      fieldSelector: flags['field-selector'],
      allNamespaces: flags['all-namespaces'],
      listsByDefault: true,
    })
    if (flags.subresource !== '' && resolved.queries.some(({ type }) => type === 'collection'))
      throw new CommandError('subresource cannot be used when bulk resources are specified')
    const printer = await printerOf(flags, ['wide', 'custom-columns'])
    if (flags.watch || flags['watch-only']) return await watchForChanges(call, resolved, printer)
    return printer === undefined ? await showTables(call, resolved) : await showObjects(call, resolved, printer, cluster)
  },
})

function checkFlags({ args, flags, path, err }: GetCall): void {
  if (flags['output-watch-events'] && !flags.watch && !flags['watch-only'])
    throw new CommandError('--output-watch-events option can only be used with --watch or --watch-only')
  if (args.length > 0 || hasFiles(flags)) return
  sayTypeIsNeeded(err, path)
  throw new UsageError(
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  )
}

/** As upstream: a paragraph of its own before the error. */
function sayTypeIsNeeded(err: (text: string) => void, path: string): void {
  err(
    `You must specify the type of resource to ${path.replace(/^kubectl /, '')}. Use "kubectl api-resources" for a complete list of supported resources.\n\n`,
  )
}
