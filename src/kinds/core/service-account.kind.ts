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
  returnsDeleted: true,
  schema: schemas.ServiceAccount,
  columns: [nameColumn, ageColumn],
  subresources: [{ name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] }],
})
