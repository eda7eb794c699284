/** `kubectl create secret generic`. */
import { boolFlag, stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { keyValueFlags, keyValuesOf } from '../../create/key-values.ts'
import { secretDraft } from '../../create/secret-draft.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createGenericSecret = creationCommand({
  name: 'generic',
  summary: 'Create a secret from a local file, directory, or literal value',
  examples: [
    ['Each file of a directory becomes an entry', 'kubectl create secret generic keys --from-file=path/to/directory'],
    ['Two entries', 'kubectl create secret generic login --from-literal=user=ann --from-literal=password=secret'],
  ],
  usage: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--from-env-file=file]',
  flags: {
    ...keyValueFlags,
    'append-hash': boolFlag(false, 'Append a hash of the content to the name.'),
    type: stringFlag('', 'The type of the secret.'),
  },
  resource: madeResources.secret,
  failure: 'failed to create secret ',
  draft: async ({ flags, host }, name) =>
    secretDraft(name, await keyValuesOf(flags, host.environment), { type: flags.type, appendsHash: flags['append-hash'] }),
})
