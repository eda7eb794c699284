/** What is created in a namespace that does not exist makes it. */
import { Namespace } from '#kinds/core/namespace.kind'
import { hasReason } from '#meta/status'
import type { AdmissionPlugin } from './plugin.ts'

export const namespaceAutoProvision: AdmissionPlugin = {
  name: 'NamespaceAutoProvision',
  operations: ['CREATE'],
  async mutate({ kind, namespace, isDryRun, object }, { state, client }, signal) {
    // As upstream: a dry run makes nothing, and is refused later since the namespace is not there.
    if (kind.scope === 'Cluster' || isDryRun || state.get(Namespace, undefined, namespace) !== undefined) return object
    try {
      await client.create(
        Namespace,
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace }, spec: {}, status: {} },
        {},
        signal,
      )
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error
    }
    return object
  },
}
