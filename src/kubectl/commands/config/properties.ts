/** `kubectl config set` and `unset`: one value, by its name in the document. */
import { boolFlag } from '#component/flags'
import { defineCommand } from '../../command.ts'
import { parseProperty, propertyValue } from '../../config/property.ts'
import { ConfigStore } from '../../config/store.ts'
import { CommandError } from '../../errors.ts'
import { expectArguments } from './expected-arguments.ts'

export const setProperty = defineCommand({
  name: 'set',
  summary: 'Set an individual value in a kubeconfig file',
  description: 'A property name is a chain of field names and names of entries, joined by dots.',
  examples: [['Where the server is', 'kubectl config set clusters.my-cluster.server https://1.2.3.4']],
  usage: 'PROPERTY_NAME PROPERTY_VALUE',
  flags: { 'set-raw-bytes': boolFlag(false, 'The value of a field of bytes is given as it is, not in base64.') },
  async run({ args, flags, cluster, out }) {
    const [name, value] = expectArguments(args, 2)
    const property = parseProperty(name)
    const store = await ConfigStore.open(cluster)
    if (property.type === 'current-context') await store.setCurrentContext(value)
    else if (property.type === 'list' || property.field === undefined)
      throw new CommandError(`${JSON.stringify(name)} names a whole entry or list: name one of its fields`)
    else {
      const content = store.contentOf(property.list, property.name) ?? {}
      const field = { [property.field]: propertyValue(property.list, property.field, value, flags['set-raw-bytes']) }
      await store.put(property.list, property.name, { ...content, ...field })
    }
    out(`Property ${JSON.stringify(name)} set.\n`)
  },
})

export const unsetProperty = defineCommand({
  name: 'unset',
  summary: 'Unset an individual value in a kubeconfig file',
  examples: [
    ['No current context', 'kubectl config unset current-context'],
    ['The namespace of a context', 'kubectl config unset contexts.my-context.namespace'],
  ],
  usage: 'PROPERTY_NAME',
  flags: {},
  async run({ args, cluster, out }) {
    const [name] = expectArguments(args, 1)
    const property = parseProperty(name)
    const store = await ConfigStore.open(cluster)
    if (property.type === 'current-context') await store.setCurrentContext('')
    else if (property.type === 'list')
      for (const entry of store.merged[property.list]) await (await ConfigStore.open(cluster)).remove(property.list, entry.name)
    else if (property.field === undefined) await store.remove(property.list, property.name)
    else {
      const { [property.field]: _, ...content } = store.contentOf(property.list, property.name) ?? {}
      await store.put(property.list, property.name, content)
    }
    out(`Property ${JSON.stringify(name)} unset.\n`)
  },
})
