/** Nothing is written into a namespace that does not exist, nothing new into one that is going, and the system's own stay. */
import { Namespace } from '#kinds/core/namespace.kind'
import { notFound, StatusError } from '#meta/status'
import { type Admission, type AdmissionDeps, type AdmissionPlugin, refusal } from './plugin.ts'

const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  mutate: (admission, deps) => {
    check(admission, deps)
    return admission.object
  },
  // Of a deletion nothing can be changed, so only this is asked.
  validate: (admission, deps) => {
    if (admission.operation === 'DELETE') check(admission, deps)
  },
}

function check(admission: Admission, { state }: AdmissionDeps): void {
  const { kind, namespace, operation, name } = admission
  const isNamespace = kind.plural === 'namespaces' && kind.group === ''
  if (operation === 'DELETE') {
    if (isNamespace && immortal.has(name)) throw refusal(admission, 'this namespace may not be deleted')
    return
  }
  // Access may be asked for in namespaces that are yet to come.
  if (isNamespace || kind.scope === 'Cluster' || kind.plural === 'localsubjectaccessreviews') return
  const home = state.get(Namespace, undefined, namespace)
  if (home === undefined) throw notFound(Namespace, namespace)
  if (operation === 'CREATE' && isTerminating(home)) throw terminating(admission)
}

function isTerminating({ metadata, status }: Namespace): boolean {
  return metadata.deletionTimestamp !== undefined || status?.phase === 'Terminating'
}

function terminating(admission: Admission): StatusError {
  const { namespace } = admission
  const { code, reason, message, details } = refusal(
    admission,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }
  return new StatusError(code, reason, message, { ...details, causes: [cause] })
}
