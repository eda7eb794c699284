/** `kubectl set selector`. */
import { stringFlag } from '#component/flags'
import { parseSelector } from '#meta/labels'
import { defineCommand } from '../../command.ts'
import { labelSelectorOf } from '../../create/label-selector.ts'
import { CommandError } from '../../errors.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../../resources/unstructured.ts'
import { changeEach } from '../../set/change-each.ts'
import { setFlags } from '../../set/set-flags.ts'

export const setSelector = defineCommand({
  name: 'selector',
  summary: 'Set the selector on a resource',
  description: 'The selector takes the place of the one that is there. Only services can have theirs set.',
  examples: [['Which pods a service leads to', 'kubectl set selector service web app=web']],
  usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  flags: { ...setFlags, 'resource-version': stringFlag('', 'Only if the object is still at this revision.') },
  async run(call) {
    const { args, flags } = call
    const selector = labelSelectorOf(parseSelector(args.at(-1) ?? ''))
    await changeEach(call, args.slice(0, -1), {
      operation: 'selector updated',
      failure: '',
      skipsUnchanged: false,
      change({ object }) {
        if (object.kind !== 'Service') throw new CommandError('setting a selector is only supported for Services')
        const revision = flags['resource-version'] === '' ? {} : { resourceVersion: flags['resource-version'] }
        return {
          ...object,
          metadata: { ...object.metadata, ...revision },
          spec: { ...fieldsOf(object['spec']), selector: labelsOf(selector) },
        }
      },
    })
  },
})

function labelsOf({ matchLabels = {}, matchExpressions }: Fields): unknown {
  const expressions = listOf(matchExpressions).map(fieldsOf)
  if (expressions.length === 0) return matchLabels
  const texts = expressions.map(({ key, operator, values }) => `{${textOf(key)} ${textOf(operator)} [${listOf(values).join(' ')}]}`)
  throw new CommandError(`match expression [${texts.join(' ')}] not supported on this object`)
}
