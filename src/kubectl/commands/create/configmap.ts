/** `kubectl create configmap`. */
import { isUtf8 } from 'node:buffer'
import { boolFlag } from '#component/flags'
import { contentHash } from '../../create/content-hash.ts'
import { creationCommand } from '../../create/creation.ts'
import { checkKeys, type KeyValue, keyValueFlags, keyValuesOf } from '../../create/key-values.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createConfigMap = creationCommand({
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  examples: [
    ['Each file of a directory becomes an entry', 'kubectl create configmap settings --from-file=path/to/directory'],
    ['Two entries', 'kubectl create configmap settings --from-literal=color=red --from-literal=size=large'],
    ['An entry a line', 'kubectl create configmap settings --from-env-file=settings.env'],
  ],
  usage: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--from-env-file=file]',
  flags: { ...keyValueFlags, 'append-hash': boolFlag(false, 'Append a hash of the content to the name.') },
  resource: madeResources.configMap,
  failure: 'failed to create configmap: ',
  async draft({ flags, host }, name) {
    const entries = await keyValuesOf(flags, host.environment)
    checkKeys(entries, (key, why) =>
      why === undefined
        ? `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`
        : `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${why}`,
    )
    const data = fieldsOfEntries(
      entries.filter(({ value }) => isUtf8(value)),
      'utf8',
    )
    const binaryData = fieldsOfEntries(
      entries.filter(({ value }) => !isUtf8(value)),
      'base64',
    )
    const hash = contentHash({ ...(binaryData === undefined ? {} : { binaryData }), data: data ?? {}, kind: 'ConfigMap', name })
    return {
      metadata: { name: flags['append-hash'] ? `${name}-${hash}` : name },
      ...(data === undefined ? {} : { data }),
      ...(binaryData === undefined ? {} : { binaryData }),
    }
  },
})

function fieldsOfEntries(entries: readonly KeyValue[], encoding: BufferEncoding): Readonly<Record<string, string>> | undefined {
  if (entries.length === 0) return undefined
  return Object.fromEntries(entries.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ key, value }) => [key, value.toString(encoding)]))
}
