/** `kubectl create namespace`. */
import { creationCommand } from '../../create/creation.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createNamespace = creationCommand({
  name: 'namespace',
  aliases: ['ns'],
  summary: 'Create a namespace with the specified name',
  examples: [['A namespace called shop', 'kubectl create namespace shop']],
  usage: 'NAME [--dry-run=server|client|none]',
  flags: {},
  resource: madeResources.namespace,
  draft: (_call, name) => ({ metadata: { name }, spec: {}, status: {} }),
})
