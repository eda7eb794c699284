/** `kubectl create serviceaccount`. */
import { creationCommand } from '../../create/creation.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createServiceAccount = creationCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Create a service account with the specified name',
  examples: [['A service account called robot', 'kubectl create serviceaccount robot']],
  usage: 'NAME [--dry-run=server|client|none]',
  flags: {},
  resource: madeResources.serviceAccount,
  failure: 'failed to create serviceaccount: ',
  draft: () => ({}),
})
