/** Puts the certificate authority of the API server into every namespace, so that pods can verify it. */
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Namespace } from '#kinds/core/namespace.kind'
import { isBeingDeleted } from '#meta/object'
import { hasReason } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'
import { isNamespaceTerminating } from '../namespace-terminating.ts'

const mapName = 'kube-root-ca.crt'
// Clients see this text: it is upstream's.
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.'

export function rootCaPublisher(rootCaPem: string): Controller<Namespace> {
  return {
    name: 'root-ca-certificate-publisher-controller',
    for: Namespace,
    watches: [watching(ConfigMap, (map) => (map.metadata.name === mapName ? [map.metadata.namespace ?? ''] : []))],
    reconcile: (deps, namespace, signal) => publish(deps, namespace, rootCaPem, signal),
  }
}

async function publish({ cache, client }: ControllerDeps, namespace: Namespace, rootCaPem: string, signal: AbortSignal): Promise<Result> {
  const name = namespace.metadata.name ?? ''
  if (isBeingDeleted(namespace)) return done
  const existing = cache(ConfigMap).get(`${name}/${mapName}`)
  const annotations = { 'kubernetes.io/description': description }
  const data = { 'ca.crt': rootCaPem }
  if (existing !== undefined) {
    if (existing.data?.['ca.crt'] === rootCaPem && existing.metadata.annotations?.['kubernetes.io/description'] === description) return done
    const metadata = { ...existing.metadata, annotations: { ...existing.metadata.annotations, ...annotations } }
    await client.update(ConfigMap, { ...existing, metadata, data }, {}, signal)
    return done
  }
  try {
    await client.create(
      ConfigMap,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: mapName, namespace: name, annotations }, data },
      {},
      signal,
    )
  } catch (error) {
    if (!hasReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
  }
  return done
}
