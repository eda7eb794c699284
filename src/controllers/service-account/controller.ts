/** Gives every namespace its service account `default`, which pods run as unless they say otherwise. */
import { Namespace } from '#kinds/core/namespace.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import { isBeingDeleted } from '#meta/object'
import { hasReason } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { isNamespaceTerminating } from '../namespace-terminating.ts'

export const serviceAccountController: Controller<Namespace> = {
  name: 'serviceaccount-controller',
  for: Namespace,
  watches: [watching(ServiceAccount, (account) => (account.metadata.name === 'default' ? [account.metadata.namespace ?? ''] : []))],
  reconcile: ensureDefaultAccount,
}

async function ensureDefaultAccount({ cache, client }: ControllerDeps, namespace: Namespace, signal: AbortSignal): Promise<Result> {
  const name = namespace.metadata.name ?? ''
  if (isBeingDeleted(namespace) || cache(ServiceAccount).get(`${name}/default`) !== undefined) return done
  try {
    await client.create(
      ServiceAccount,
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
      {},
      signal,
    )
  } catch (error) {
    if (!hasReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
  }
  return done
}
