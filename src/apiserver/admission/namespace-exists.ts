/** Nothing is written into a namespace that does not exist. */
import { Namespace } from '#kinds/core/namespace.kind'
import { notFound } from '#meta/status'
import type { AdmissionPlugin } from './plugin.ts'

export const namespaceExists: AdmissionPlugin = {
  name: 'NamespaceExists',
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  validate({ kind, namespace }, { state }) {
    if (kind.scope === 'Cluster' || state.get(Namespace, undefined, namespace) !== undefined) return
    throw notFound(Namespace, namespace)
  },
}
