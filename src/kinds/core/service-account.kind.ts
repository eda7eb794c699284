/** Who the processes in a pod are, towards the API server. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ServiceAccount = types.ServiceAccount
export const ServiceAccount: Kind<ServiceAccount> = defineKind({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  scope: 'Namespaced',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.ServiceAccount,
  columns: [nameColumn, ageColumn],
  prepareCreate: withSecretNames,
  update: { prepare: withSecretNames },
  warnings: ({ metadata: { annotations } }, old) =>
    annotations?.[mountableAnnotation] === undefined || old?.metadata.annotations?.[mountableAnnotation] !== undefined
      ? []
      : [
          `metadata.annotations[${mountableAnnotation}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ],
  subresources: [{ name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] }],
})

const mountableAnnotation = 'kubernetes.io/enforce-mountable-secrets'

/** Secrets are those of the account's namespace: their name is all that is kept of them. */
function withSecretNames(account: ServiceAccount): ServiceAccount {
  const { secrets } = account
  return secrets === undefined ? account : { ...account, secrets: secrets.map(({ name }) => (name === undefined ? {} : { name })) }
}
