/** `kubectl apply view-last-applied`. */

import { formatYaml } from '#base/encoding/yaml'
import { boolFlag, stringFlag } from '#component/flags'
import { lastAppliedOf } from '../../apply/last-applied.ts'
import { defineCommand } from '../../command.ts'
import { UsageError } from '../../errors.ts'
import { escaped, sortedKeys } from '../../print/json.ts'
import { eachLiveTarget, selectionOf } from '../../resources/each-target.ts'
import { fileFlags } from '../../resources/manifests.ts'

export const viewLastApplied = defineCommand({
  name: 'view-last-applied',
  summary: 'View the latest last-applied-configuration annotations by type/name or file',
  examples: [['What was applied last', 'kubectl apply view-last-applied deployment/web']],
  usage: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  flags: {
    ...fileFlags,
    all: boolFlag(false, 'All objects of the type in the namespace.'),
    output: stringFlag('yaml', 'How to print: json or yaml.', { shorthand: 'o' }),
    selector: stringFlag('', 'Only objects with these labels.', { shorthand: 'l' }),
  },
  async run(call) {
    const { flags, args, out } = call
    const { output } = flags
    if (output !== 'yaml' && output !== 'json' && output !== '')
      throw new UsageError(`Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`)
    const shown: unknown[] = []
    await eachLiveTarget(call, selectionOf(flags, args), async ({ object }) => {
      const applied = lastAppliedOf(object)
      // As upstream: an object that was never applied is no error.
      if (applied !== undefined) shown.push(applied)
    })
    for (const applied of shown) out(output === 'json' ? jsonText(applied) : formatYaml(applied))
  },
})

/** Two spaces, unlike other commands. */
function jsonText(value: unknown): string {
  return `${escaped(JSON.stringify(sortedKeys(value), undefined, 2))}\n`
}
